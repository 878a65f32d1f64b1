"""What libraries say of odd input is heard, not printed; what only our own mistake can be is no damage."""

import json
import warnings
from io import BytesIO
from types import SimpleNamespace

import numpy as np
import pytest
from astropy import log
from astropy.io import fits
from astropy.utils.exceptions import AstropyUserWarning
from PIL import Image

from imviz.errors import ReadError
from imviz.readers import load
from imviz.readers import quiet as quiet_module
from imviz.readers.asdf import gwcs
from imviz.readers.catalogs import files
from imviz.readers.decoding import gray, sandbox, worker
from imviz.readers.fits import extensions
from imviz.readers.memory import arrays
from imviz.readers.quiet import damaged, heard, quiet
from imviz.readers.wcs import celestial


def test_warnings_and_the_log_are_heard_once_each_and_not_printed(capfd):
    with heard() as said:
        for _ in range(2):
            warnings.warn("a\n  doubt", AstropyUserWarning, stacklevel=1)
            log.info("a remark")
    assert sorted(said) == ["a doubt", "a remark"]
    assert capfd.readouterr() == ("", "")


def test_the_log_is_as_it_was_afterwards():
    before = log.level, list(log.handlers), log.propagate
    with pytest.raises(KeyError), heard():
        raise KeyError
    assert (log.level, list(log.handlers), log.propagate) == before


def test_warnings_of_other_kinds_go_on():
    with pytest.warns(DeprecationWarning, match="old"), heard() as said:
        warnings.warn("old", DeprecationWarning, stacklevel=1)
    assert said == []


def in_the_net(do, *also):
    try:
        return do()
    except damaged(*also):
        raise ReadError("told as damage") from None


def test_an_error_of_a_library_is_damage():
    with pytest.raises(ReadError, match="told as damage"):
        in_the_net(lambda: json.loads(None))


def test_another_error_is_damage_only_where_it_is_asked_for():
    class OtherError(Exception): ...

    def refuse():
        raise OtherError

    with pytest.raises(OtherError):
        in_the_net(refuse)
    with pytest.raises(ReadError, match="told as damage"):
        in_the_net(refuse, OtherError)


@pytest.mark.parametrize("mistake", ["no_such_name", "celestial_wcs.no_such_attribute", "celestial_wcs()"])
def test_a_mistake_in_a_line_of_ours_is_not(mistake):
    code = compile(mistake, celestial.__file__, "eval")
    with pytest.raises((NameError, AttributeError, TypeError)):
        in_the_net(lambda: eval(code, {"celestial_wcs": celestial.celestial_wcs}))


def planted(*_, **__):
    """A mistake in a line of ours, as a refactoring leaves one."""
    eval(compile("None.no_such_attribute", quiet_module.__file__, "eval"))


def hdus(path):
    return load(fits.HDUList([fits.PrimaryHDU(np.ones((4, 5)))]))


def tree(path):
    return gwcs.gwcs_of(lambda: b"#ASDF 1.0.0\n%YAML 1.1\n---\na: 1\n...\n")


PLACES = {
    "WCS": (celestial, "_built", lambda path: load(path / "good.fits")),
    "HDUList": (extensions, "_object_record", hdus),
    "pixels of an HDUList": (extensions, "_without_blank", lambda path: np.asarray(hdus(path)[0].image.data)),
    "npy": (arrays, "_saved", lambda path: load(path / "good.npy")),
    "picture": (gray, "_gray", lambda path: load(path / "good.png")),
    "catalog": (files, "_kind", lambda path: files.read_catalog(path / "good.csv")),
    "GWCS": (gwcs, "_read_wcs", tree),
}


@pytest.mark.parametrize("name", PLACES)
def test_a_planted_bug_is_not_told_as_a_fault_of_the_file(name, tmp_path, write, tan_header, monkeypatch):
    write("good.fits", fits.PrimaryHDU(np.ones((4, 5)), tan_header))
    np.save(tmp_path / "good.npy", np.ones((4, 5)))
    Image.fromarray(np.ones((4, 5), dtype="u1")).save(tmp_path / "good.png")
    (tmp_path / "good.csv").write_text("ra,dec\n1,2\n")
    module, function, use = PLACES[name]
    use(tmp_path)
    monkeypatch.setattr(module, function, planted)
    with pytest.raises(AttributeError, match="no_such_attribute"):
        use(tmp_path)


def test_a_bug_in_the_decoding_process_is_told_as_such(monkeypatch):
    out = BytesIO()
    monkeypatch.setitem(worker.DECODERS, "picture", planted)
    worker._answer({"do": "picture"}, out)
    head = json.loads(out.getvalue())
    assert "no_such_attribute" in head["mistake"]
    monkeypatch.setattr(sandbox, "_WORKERS", [SimpleNamespace(ask=lambda request: (head, b""))])
    with pytest.raises(AssertionError, match=r"own code failed on a\.tif[\s\S]*no_such_attribute"):
        in_the_net(lambda: sandbox.decode("a.tif", "picture"))


def test_quiet_says_nothing(capfd):
    with quiet():
        log.info("a remark")
        warnings.warn("a doubt", AstropyUserWarning, stacklevel=1)
    assert capfd.readouterr() == ("", "")
