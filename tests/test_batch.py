import pytest

from imviz.batch import told, unpack, unpack_all
from imviz.errors import InputError


def test_lists_are_combined_and_the_first_one_varies_slowest():
    options = {"dataset": ["a", "b"], "aperture": ("1", "2"), "background": "Annulus"}
    assert [(job["dataset"], job["aperture"]) for job in unpack(options)] == [
        ("a", "1"),
        ("a", "2"),
        ("b", "1"),
        ("b", "2"),
    ]
    assert {job["background"] for job in unpack(options)} == {"Annulus"}


def test_no_list_is_one_job_and_an_empty_list_is_none():
    assert unpack({"dataset": "a"}) == [{"dataset": "a"}]
    assert unpack({}) == [{}]
    assert unpack({"dataset": []}) == []


def test_the_options_given_are_not_changed():
    options = {"dataset": ["a", "b"]}
    unpack(options)[0]["dataset"] = "z"
    assert options == {"dataset": ["a", "b"]}


def test_several_batches_are_run_one_after_the_other():
    assert unpack_all([{"dataset": ["a", "b"]}, {"dataset": "c"}]) == [{"dataset": name} for name in "abc"]


@pytest.mark.parametrize(
    ("batches", "why"), [((), "empty"), ("a", "list of dicts"), (["a"], "list of dicts")]
)
def test_what_is_no_batch_is_refused(batches, why):
    with pytest.raises(InputError, match=why):
        unpack_all(batches)


def test_failures_are_told_whole_while_they_fit_in_a_sentence():
    assert told([(1, "Off."), (3, "No.")], 4) == "2 of 4 measurements failed. 1: Off. 3: No."


def test_many_failures_are_told_by_number_with_the_first_reason():
    sentence = told([(n, "The aperture lies off the image.") for n in range(300)], 301)
    assert len(sentence) <= 240
    assert sentence.startswith("300 of 301 measurements failed. Numbers 0, 1, 2")
    assert "First: The aperture lies off" in sentence
