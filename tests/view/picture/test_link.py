"""When the way to the browser is slow, and what is sent then."""

from __future__ import annotations

import zlib

import numpy as np
import pytest

from imviz.view.picture import link
from imviz.view.picture.codes import Coding
from imviz.view.picture.pyramid import Pyramid
from imviz.view.picture.tiles import DROPPED, encode_tile


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
    number = one.begin([(0,)])
    one.sent(number, n_bytes)
    clock.now += seconds
    one.taken(number)


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
    one.taken(7)
    assert not one.slow


def test_a_handful_behind_another_is_timed_from_when_that_came(clock):
    one = link.Link()
    one.unpacks, one.limit = True, 3e6
    numbers = [one.begin([(n,)]) for n in range(2)]
    for number in numbers:
        one.sent(number, 500_000)  # at 4 MB/s, 50 ms there and back
    clock.now += 0.175
    one.taken(numbers[0])
    clock.now += 0.125
    one.taken(numbers[1])
    assert not one.slow
    one.limit = 4.1e6
    assert one.slow


def test_as_many_handfuls_as_there_is_room_for_and_a_lost_one_is_given_up_in_the_end(clock):
    one = link.Link()
    numbers = [one.begin([(n, 1)]) for n in range(link.UNDER_WAY)]
    assert not one.free
    assert one.carries((0, 1))
    one.taken(numbers[0])
    assert one.free
    assert not one.carries((0, 1))
    assert one.busy
    clock.now += link.PATIENCE
    assert not one.busy
    one.taken(numbers[1])  # late
    assert not one.busy


def test_a_browser_that_cannot_unpack_gets_nothing_packed(clock):
    one = link.Link()
    carry(one, clock, 800_000, 10.0)
    assert not one.slow


def test_a_packed_tile_holds_the_codes_cut_short():
    values = np.random.default_rng(2).normal(100, 10, (200, 250)).astype("f4")
    pyramid, coding = Pyramid(values), Coding.around(80, 120)
    plain, tile = (encode_tile(pyramid, coding, (0, 0, 1), pack=pack) for pack in (False, True))
    raw = np.frombuffer(zlib.decompress(tile.codes), np.uint8).reshape(2, -1).astype("u2")
    codes = (raw[0] << 8 | raw[1]).reshape(tile.header["height"], tile.header["width"])
    assert (codes == coding.encode(values[:97, 95:193], DROPPED)).all()
    assert tile.header == plain.header | {"packed": True}
    assert len(tile.codes) < 0.85 * len(plain.codes)
