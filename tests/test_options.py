"""Options by place and by name: one way to refuse what a call does not have."""

from __future__ import annotations

import pytest

from imviz.errors import InputError, WrongTypeError
from imviz.options import check_options, in_order_of


def test_values_by_place_get_their_names() -> None:
    assert in_order_of("link_data", ("first", "second"), (1,)) == {"first": 1}


def test_too_many_values_by_place_are_refused_with_how_many_there_may_be() -> None:
    with pytest.raises(WrongTypeError, match="link_data takes 1 more values by place, not 2"):
        in_order_of("link_data", ("first",), (1, 2))


def test_an_unknown_option_is_named_with_those_there_are_in_their_order() -> None:
    with pytest.raises(InputError, match=r"load has no option 'exd'; it has: zebra, ant\."):
        check_options("load", {"exd": 1}, ("zebra", "ant"))


def test_known_options_pass() -> None:
    check_options("load", {"ant": 1}, ("zebra", "ant"))


def test_a_sentence_about_many_options_stays_short() -> None:
    with pytest.raises(InputError) as caught:
        check_options("load", ["x" * 1000], [f"option_{n}" for n in range(1000)])
    assert len(str(caught.value)) <= 240
