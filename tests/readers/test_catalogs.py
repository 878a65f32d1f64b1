"""Catalogs from files and from services that do not exist."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace

import astropy.units as u
import numpy as np
import pytest
import requests
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.table import Table

from imviz.errors import InputError, MissingExtraError, MissingFileError, ReadError
from imviz.readers.catalog_services import cone_search
from imviz.readers.catalogs import read_catalog

CENTER = SkyCoord(10.0, 20.0, unit="deg")
TABLE = Table({"ra": [10.001, 10.0], "dec": [20.0, 20.0], "mag": [12.5, 13.5]})


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.ecsv", "ascii.ecsv"),
        ("a.vot", "votable"),
        ("a.fits", "fits"),
        ("a.csv", "ascii.csv"),
        ("a.txt", "ascii.basic"),
    ],
)
def test_every_usual_format_is_read(tmp_path, name, kind):
    TABLE.write(tmp_path / name, format=kind)
    table = read_catalog(tmp_path / name)
    assert table["mag"].value.tolist() == [12.5, 13.5]
    assert table.colnames == ["ra", "dec", "mag"]


def test_the_first_table_of_a_fits_file_is_taken_behind_an_image(tmp_path):
    hdus = fits.HDUList([fits.PrimaryHDU(np.ones((3, 3))), fits.ImageHDU(), fits.BinTableHDU(TABLE)])
    hdus.writeto(tmp_path / "a.fits")
    assert len(read_catalog(tmp_path / "a.fits")) == 2


def test_what_is_no_table_says_so(tmp_path):
    with pytest.raises(MissingFileError, match=r"no\.csv"):
        read_catalog(tmp_path / "no.csv")
    fits.PrimaryHDU(np.ones((3, 3))).writeto(tmp_path / "image.fits")
    with pytest.raises(ReadError, match="holds no table"):
        read_catalog(tmp_path / "image.fits")
    for name in ("a.fits", "a.vot", "a.ecsv"):
        (tmp_path / name).write_bytes(b"\x00\x01 nonsense <<<")
        with pytest.raises(ReadError, match=name):
            read_catalog(tmp_path / name)
    (tmp_path / "empty.csv").write_text("ra,dec\n")
    with pytest.raises(ReadError, match="no rows"):
        read_catalog(tmp_path / "empty.csv")


class FakeError(Exception):
    """What a service raises."""


@pytest.fixture
def services(monkeypatch):
    """Modules that stand for astroquery's; what they were asked."""
    asked = SimpleNamespace(queries=[], answer=TABLE, fails=None)

    def reply(*args, **options):
        asked.queries.append((args, options))
        if asked.fails:
            raise asked.fails
        return asked.answer

    job = SimpleNamespace(launch_job=lambda query: SimpleNamespace(get_results=lambda: reply(query)))

    class Vizier:
        def __init__(self, **options):
            asked.options = options

        def query_region(self, *args, **options):
            return [reply(*args, **options)] if asked.answer is not None else []

    members = {
        "astroquery": {},
        "astroquery.exceptions": dict.fromkeys(
            ["RemoteServiceError", "TableParseError", "TimeoutError"], FakeError
        ),
        "astroquery.gaia": {"Gaia": job},
        "astroquery.sdss": {"SDSS": SimpleNamespace(query_region=reply)},
        "astroquery.vizier": {"Vizier": Vizier},
    }
    for name, content in members.items():
        module = ModuleType(name)
        vars(module).update(content)
        monkeypatch.setitem(sys.modules, name, module)
    return asked


def test_gaia_is_asked_for_the_nearest_in_a_cone(services):
    table, note = cone_search("Gaia", CENTER, 1 * u.arcmin, 100)
    ((query,), _) = services.queries[0]
    assert "TOP 100" in query
    assert "CIRCLE(10.0000000000, 20.0000000000, 0.0166666667)" in query
    assert "ORDER BY separation" in query
    assert (len(table), note) == (2, "")


def test_sdss_is_asked_for_no_more_than_it_answers_and_that_is_said(services):
    table, note = cone_search("SDSS", CENTER, 10 * u.arcmin, 1)
    assert services.queries[0][1]["radius"] == 3 * u.arcmin
    assert table["mag"].value.tolist() == [13.5]  # the nearest
    assert "3 arcmin" in note
    assert "first 1" in note
    services.answer = None
    assert len(cone_search("SDSS", CENTER, 1 * u.arcmin, 5)[0]) == 0


def test_vizier_needs_to_know_which_catalog(services):
    table, _ = cone_search("VizieR", CENTER, 1 * u.arcmin, 7, "II/246")
    assert services.options["row_limit"] == 7
    assert services.queries[0][1]["catalog"] == "II/246"
    assert len(table) == 2
    with pytest.raises(InputError, match="say which"):
        cone_search("VizieR", CENTER, 1 * u.arcmin, 7)
    services.answer = None
    assert len(cone_search("VizieR", CENTER, 1 * u.arcmin, 7, "II/246")[0]) == 0


@pytest.mark.parametrize("error", [ConnectionError("no route"), FakeError("503"), ValueError("odd answer")])
@pytest.mark.parametrize("service", ["Gaia", "SDSS", "VizieR"])
def test_a_failure_of_the_network_is_a_sentence(services, service, error):
    services.fails = error
    with pytest.raises(ReadError, match=f"{service} could not be asked: {error}"):
        cone_search(service, CENTER, 1 * u.arcmin, 5, "II/246")


def test_no_network_is_told_without_its_inner_workings(services):
    services.fails = requests.ConnectionError("HTTPSConnectionPool(host='x', port=443): Max retries exceeded")
    with pytest.raises(ReadError, match=r"SDSS could not be asked: no connection to it\. Try"):
        cone_search("SDSS", CENTER, 1 * u.arcmin, 5)


def test_without_astroquery_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "astroquery", None)
    with pytest.raises(MissingExtraError, match=r"imviz\[catalogs\]"):
        cone_search("Gaia", CENTER, 1 * u.arcmin, 5)


def test_an_unknown_service_and_no_sources_at_all_are_refused():
    with pytest.raises(InputError, match="SDSS, Gaia, VizieR"):
        cone_search("Simbad", CENTER, 1 * u.arcmin, 5)
    with pytest.raises(InputError, match="1 or more"):
        cone_search("Gaia", CENTER, 1 * u.arcmin, 0)
