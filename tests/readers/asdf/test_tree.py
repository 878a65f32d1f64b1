"""The text in front of an ASDF file's blocks: where it ends, and how little is read to see that."""

from io import BytesIO

import pytest

from imviz.errors import ReadError
from imviz.readers.asdf import tree

BLOCK = b"\xd3BLK" + bytes(2**22)


@pytest.mark.parametrize("short_of", range(10))
@pytest.mark.parametrize("mark", [b"\n...\n", b"\r\n...\r\n"])
def test_the_end_is_found_across_pieces_and_hardly_more_is_read(short_of, mark):
    text = b"#" * (2**16 - short_of) + mark
    file = BytesIO(text + BLOCK)
    assert tree._tree_text("a.asdf", file) == (text, len(text))
    assert file.tell() <= 2**17


def test_a_tree_without_its_end_goes_to_the_first_block_and_one_without_blocks_to_the_end():
    assert tree._tree_text("a.asdf", BytesIO(b"a: 1\n" + BLOCK + b"\n...\n")) == (b"a: 1\n", 5)
    assert tree._tree_text("a.asdf", BytesIO(b"a: 1\n")) == (b"a: 1\n", 5)


def test_a_tree_that_no_image_has_is_refused():
    with pytest.raises(ReadError, match="tree of more than 16 MB"):
        tree._tree_text("a.asdf", BytesIO(b"#" * (tree.MAX_TREE + 1)))
