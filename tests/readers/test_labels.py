"""Labels as notebooks know them."""

from imviz.readers.labels import extension_labels

PARTS = [(1, "SCI", 1), (2, "ERR", 1), (3, "DQ", 1)]


def test_extensions_go_by_name_and_version_and_by_their_index_without_one():
    assert extension_labels("x", [*PARTS, (4, "", 1), (5, "SCI", 1)]) == [
        *["x[SCI,1]", "x[ERR,1]", "x[DQ,1]", "x[4]", "x[5]"]
    ]


def test_arrays_of_jwst_s_files_go_by_their_names_in_the_tree():
    assert extension_labels("x", PARTS, in_tree=True) == ["x[DATA]", "x[ERR]", "x[DQ]"]
    assert extension_labels("x", [*PARTS, (4, "SCI", 2)], in_tree=True)[-1] == "x[4]"
