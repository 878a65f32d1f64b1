"""Damaged files by the thousand: none ends the process, hangs, or raises what is not ours.

A seed that once did something else goes into `SEEDS` and stays there.
"""

import numpy as np
import pytest

from readers import fuzz

SEEDS = (
    *(796, 1423),  # tokenize.TokenError from numpy's header of .npy
    *(102107, 152091),  # an ASDF block that says it is immense
    119887,  # a compressed image with an axis of length 0
    191395,  # a line break in a keyword's value, and so in the message
    *(20261965, 20262092),  # astropy's VerifyError for a CTYPE card that cannot be parsed
)
SECONDS = 60


def test_seeds_that_once_failed(tmp_path):
    files = fuzz.corpus()
    for seed in SEEDS:
        _, outcome, _ = fuzz.attack(seed, files, tmp_path)
        assert outcome in {"opened", "refused"}, seed


def test_the_good_files_open(tmp_path):
    for name, content in fuzz.corpus().items():
        (tmp_path / name).write_bytes(content)
        assert fuzz.look(tmp_path / name) == "opened", name


def test_the_fuzzer_sees_a_foreign_exception_and_a_slow_one(tmp_path, monkeypatch):
    monkeypatch.setattr(fuzz, "look", lambda path: np.zeros(3)[5])
    _, outcome, _ = fuzz.attack(1, fuzz.corpus(), tmp_path)
    assert outcome.startswith("IndexError")


@pytest.mark.slow
def test_damage_is_opened_or_refused():
    counts, troubles = fuzz.run(SECONDS, first=20_261_124)
    assert troubles == []
    assert counts["opened"] + counts["refused"] > 200
    assert counts["refused"] > 50
