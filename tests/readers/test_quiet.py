"""What libraries say of odd input is heard, not printed; what only our own mistake can be is no damage."""

import warnings

import pytest
from astropy import log
from astropy.utils.exceptions import AstropyUserWarning

from imviz.readers.quiet import DAMAGED, heard, not_ours, quiet
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


def test_an_error_of_a_library_is_damage():
    import json

    with pytest.raises(DAMAGED) as caught:
        json.loads(None)
    assert not_ours(caught.value) is caught.value


@pytest.mark.parametrize("mistake", ["no_such_name", "celestial_wcs.no_such_attribute", "celestial_wcs()"])
def test_a_mistake_in_a_line_of_ours_is_not(mistake):
    code = compile(mistake, celestial.__file__, "eval")
    with pytest.raises(DAMAGED) as caught:
        eval(code, {"celestial_wcs": celestial.celestial_wcs})
    with pytest.raises(type(caught.value)):
        not_ours(caught.value)


def test_a_bug_while_a_wcs_is_built_is_not_told_as_a_fault_of_the_file(
    write, pixels, tan_header, monkeypatch
):
    from astropy.io import fits

    from imviz.readers import load

    path = write("good.fits", fits.PrimaryHDU(pixels, tan_header))
    monkeypatch.setattr(celestial, "np", None)  # as a name misspelt would be: None has no array
    with pytest.raises(AttributeError):
        load(path)


def test_quiet_says_nothing(capfd):
    with quiet():
        log.info("a remark")
        warnings.warn("a doubt", AstropyUserWarning, stacklevel=1)
    assert capfd.readouterr() == ("", "")
