"""When the way to the browser is slow, and what is sent then."""

from __future__ import annotations

import zlib

import numpy as np
import pytest

from imviz.viewer.picture import link
from imviz.viewer.picture.codes import Coding
from imviz.viewer.picture.pyramid import Pyramid
from imviz.viewer.picture.tiles import DROPPED, encode_tile


class Clock:
    """Stands still until it is told."""

    now = 0.0

    def monotonic(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(link, "time", clock)
    return clock


def carry(one, clock, n_bytes, seconds):
    one.sent(n_bytes)
    clock.now += seconds
    one.taken()


def test_a_link_is_slow_while_its_last_handfuls_are(clock):
    one = link.Link()
    one.unpacks = True
    assert not one.slow  # nothing is known yet
    carry(one, clock, 800_000, 1.0)
    assert one.slow
    carry(one, clock, 800_000, 0.02)
    assert not one.slow
    for _ in range(2):
        carry(one, clock, 800_000, 1.0)
    assert not one.slow  # a busy moment of a fast one
    carry(one, clock, 800_000, 1.0)
    assert one.slow


def test_small_handfuls_and_stray_answers_tell_nothing(clock):
    one = link.Link()
    one.unpacks = True
    carry(one, clock, 2_000, 1.0)
    one.taken()
    assert not one.slow


def test_a_browser_that_cannot_unpack_gets_nothing_packed(clock):
    one = link.Link()
    carry(one, clock, 800_000, 10.0)
    assert not one.slow


def test_a_packed_tile_holds_the_codes_cut_short():
    values = np.random.default_rng(2).normal(100, 10, (300, 400)).astype("f4")
    pyramid, coding = Pyramid(values), Coding.around(80, 120)
    plain, tile = (encode_tile(pyramid, coding, (0, 0, 1), pack=pack) for pack in (False, True))
    raw = np.frombuffer(zlib.decompress(tile.codes), np.uint8).reshape(2, -1).astype("u2")
    codes = (raw[0] << 8 | raw[1]).reshape(tile.header["height"], tile.header["width"])
    assert (codes == coding.encode(values[:257, 255:], DROPPED)).all()
    assert tile.header == plain.header | {"packed": True}
    assert len(tile.codes) < 0.85 * len(plain.codes)
