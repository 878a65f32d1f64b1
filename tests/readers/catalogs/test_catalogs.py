"""Catalogs from files and from services that do not exist."""

from __future__ import annotations

import bz2
import gzip
import lzma
import sys
from types import ModuleType, SimpleNamespace

import astropy.units as u
import numpy as np
import pytest
import requests
from astropy.coordinates import FK4, FK5, ICRS, Galactic, SkyCoord
from astropy.io import fits
from astropy.nddata import NDData
from astropy.table import Table
from astropy.wcs import WCS
from regions import CirclePixelRegion, PixCoord

from imviz import Imviz
from imviz.errors import InputError, MissingExtraError, MissingFileError, ReadError
from imviz.readers.catalogs.files import read_catalog
from imviz.readers.catalogs.services import cone_search
from imviz.science.sources.source_columns import find_positions

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


# ---- what is in a file, whatever it is called


RA, DEC = 150.25, -2.125
SEXAGESIMAL = "10:01:00 -02:07:30"
TEXTS = {
    "# above": f"# made by a pipeline\n# second line\nra,dec,mag\n{RA},{DEC},12.5\n",
    "semicolons": f"ra;dec;mag\n{RA};{DEC};12.5\n",
    "decimal commas": "ra;dec;mag\n150,25;-2,125;12,5\n",
    "decimal commas, tabs": "ra\tdec\tmag\n150,25\t-2,125\t12,5\n",
    "decimal commas, blanks": "ra dec mag\n150,25 -2,125 12,5\n",
    "tabs": f"ra\tdec\tmag\n{RA}\t{DEC}\t12.5\n",
    "bars": f"| ra | dec | mag |\n|----|-----|-----|\n| {RA} | {DEC} | 12.5 |\n",
    "blanks": f"ra     dec    mag\n{RA}  {DEC}   12.5\n",
    "names in a remark": f"# ra dec mag\n{RA} {DEC} 12.5\n",
    "names in a remark of a CSV": f"#ra,dec,mag\n{RA},{DEC},12.5\n",
    "quotes": f'"ra","dec","mag","name"\n"{RA}","{DEC}","12.5","a, b; c"\n',
    "a delimiter at the end": f"ra,dec,mag,\n{RA},{DEC},12.5,\n",
    "units below the names": f"ra,dec,mag\ndeg,deg,mag\n{RA},{DEC},12.5\n",
    "VizieR": f'#Title\n#\n_RAJ2000\t_DEJ2000\tmag\n"h:m:s"\t"d:m:s"\tmag\n-----\t-----\t---\n'
    f"{SEXAGESIMAL.split(maxsplit=1)[0]}\t{SEXAGESIMAL.split()[1]}\t12.5\n",
    "RDB": f"ra\tdec\tmag\n10N\t10N\t5N\n{RA}\t{DEC}\t12.5\n",
    "sexagesimal": f"RA DEC mag\n{SEXAGESIMAL} 12.5\n",
    "sexagesimal by blanks": f"RA DEC mag\n{SEXAGESIMAL.replace(':', ' ')} 12.5\n",
    "sexagesimal, a minus sign": "RA,DEC,mag\n10h01m00s,\u221202d07m30s,12.5\n",
    "Fortran": "ra dec mag\n1.5025D+02 -2.125D0 1.25D1\n",
    "old Macintosh": f"ra,dec,mag\r{RA},{DEC},12.5\r",
    "IPAC": f"\\fixlen = T\n|   ra     |   dec    | mag  |\n|   double |  double  |double|\n"
    f"    {RA}    {DEC}    12.5 \n",
    "SExtractor": "#   1 ALPHA_J2000  Right asc. [deg]\n#   2 DELTA_J2000  Declination [deg]\n#   3 mag\n"
    f"{RA} {DEC} 12.5\n",
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("form", TEXTS)
def test_a_text_table_is_read_in_any_form_and_encoding(tmp_path, form, encoding):
    for ending in (".csv", ".txt", ".cat"):
        path = tmp_path / f"a{ending}"
        path.write_bytes(TEXTS[form].encode(encoding))
        table = read_catalog(path)
        sky = find_positions(table).sky
        assert (sky.ra.deg[0], sky.dec.deg[0]) == pytest.approx((RA, DEC))
        assert float(table["mag"][0].value if hasattr(table["mag"][0], "value") else table["mag"][0]) == 12.5


def test_latin_1_and_one_odd_byte(tmp_path):
    (tmp_path / "a.csv").write_bytes("ra,dec,name\n1,2,é\n".encode("latin-1") + "3,4,ü\n".encode())
    assert read_catalog(tmp_path / "a.csv")["name"].tolist() == ["é", "ü"]


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
@pytest.mark.parametrize("ending", [".csv.gz", ".cat"])
def test_a_packed_file_is_unpacked_whatever_its_name(tmp_path, pack, ending):
    (tmp_path / f"a{ending}").write_bytes(pack(b"ra,dec\n1,2\n"))
    assert read_catalog(tmp_path / f"a{ending}").colnames == ["ra", "dec"]


def test_a_row_with_too_many_parts_costs_no_other_and_is_named(tmp_path):
    rows = "".join(f"{n},{n},a\n" for n in range(20))
    (tmp_path / "a.csv").write_text(f"ra,dec,name\n{rows}5,6,one,two\n7,8\n")
    table = read_catalog(tmp_path / "a.csv")
    assert len(table) == 21
    assert table["name"].mask.tolist() == [False] * 20 + [True]
    assert find_positions(table).note == "1 rows with too many parts were left out (line 22)."


def test_missing_values_of_numbers_are_masked_not_text(tmp_path):
    (tmp_path / "a.csv").write_text("ra,dec,mag,n\n1,2,12.5,3\n1,2,,--\n1,2,N/A,4\n")
    table = read_catalog(tmp_path / "a.csv")
    assert table["mag"].mask.tolist() == [False, True, True]
    assert table["n"].dtype.kind == "i"


# ---- FITS and VOTable


def ldac():
    head = fits.BinTableHDU.from_columns(
        [fits.Column("Field Header Card", "80A", array=["SIMPLE  = T"])], name="LDAC_IMHEAD"
    )
    return fits.HDUList([fits.PrimaryHDU(), head, fits.BinTableHDU(TABLE, name="LDAC_OBJECTS")])


@pytest.mark.parametrize("name", ["a.fits", "a.cat", "a.ldac", "a.csv", "a"])
def test_of_several_tables_the_one_with_positions_and_fits_by_its_first_bytes(tmp_path, name):
    ldac().writeto(tmp_path / "x.fits")
    (tmp_path / "x.fits").rename(tmp_path / name)
    assert read_catalog(tmp_path / name)["mag"].value.tolist() == [12.5, 13.5]


def test_a_frame_of_a_fits_header_comes_along(tmp_path):
    old = SkyCoord(RA, DEC, unit="deg").fk4
    hdu = fits.BinTableHDU(Table({"RA": [old.ra.deg], "DEC": [old.dec.deg]}))
    hdu.header["RADESYS"], hdu.header["EQUINOX"] = "FK4", 1950.0
    hdu.writeto(tmp_path / "a.fits")
    sky = find_positions(read_catalog(tmp_path / "a.fits")).sky.icrs
    assert (sky.ra.deg[0], sky.dec.deg[0]) == pytest.approx((RA, DEC), abs=1e-8)


def votable(systems, columns, *rows):
    fields = "".join(f"<FIELD {column}/>" for column in columns)
    cells = "".join("<TR>" + "".join(f"<TD>{cell}</TD>" for cell in row) + "</TR>" for row in rows)
    return (
        '<?xml version="1.0"?><VOTABLE version="1.3" xmlns="http://www.ivoa.net/xml/VOTable/v1.3"><RESOURCE>'
        f"{systems}<TABLE>{fields}<DATA><TABLEDATA>{cells}</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>"
    )


@pytest.mark.parametrize(
    ("system", "frame"),
    [
        ('system="eq_FK4" equinox="B1950"', FK4()),
        ('system="eq_FK4" equinox="1975"', FK4(equinox="B1975")),
        ('system="eq_FK5" equinox="J1975"', FK5(equinox="J1975")),
        ('system="galactic"', Galactic()),
        ('system="ICRS"', ICRS()),
    ],
)
@pytest.mark.parametrize("ref", ['ref="s" ', ""])
def test_a_votable_s_coosys_is_the_frame_of_its_columns(tmp_path, system, frame, ref):
    there = SkyCoord(RA, DEC, unit="deg").transform_to(frame)
    fields = [
        f'{ref}name="{name}" datatype="double" unit="deg" ucd="pos.eq.{kind};meta.main"'
        for name, kind in (("a", "ra"), ("b", "dec"))
    ]
    row = (float(there.spherical.lon.deg), float(there.spherical.lat.deg))
    (tmp_path / "a.xml").write_text(votable(f'<COOSYS ID="s" {system}/>', fields, row))
    sky = find_positions(read_catalog(tmp_path / "a.xml")).sky.icrs
    assert (sky.ra.deg[0], sky.dec.deg[0]) == pytest.approx((RA, DEC), abs=1e-8)


@pytest.mark.parametrize(
    "units",
    [("&quot;h:m:s&quot;", "&quot;d:m:s&quot;"), ("hms", "dms"), ("hh:mm:ss", "degrees"), ("h", "deg")],
)
def test_vizier_s_units_in_words(tmp_path, units):
    fields = [
        f'name="{name}" datatype="char" arraysize="16" unit="{unit}"'
        for name, unit in zip(("RAJ2000", "DEJ2000"), units, strict=True)
    ]
    (tmp_path / "a.vot").write_text(votable("", fields, ("10 01 00.0", "-02 07 30")))
    sky = find_positions(read_catalog(tmp_path / "a.vot")).sky
    assert (sky.ra.deg[0], sky.dec.deg[0]) == pytest.approx((RA, DEC))


def test_one_damaged_cell_of_a_votable_costs_no_other(tmp_path):
    fields = [f'name="{name}" datatype="double"' for name in ("ra", "dec")]
    (tmp_path / "a.vot").write_text(votable("", fields, (RA, DEC), ("what", DEC), (RA, DEC)))
    found = find_positions(read_catalog(tmp_path / "a.vot"))
    assert np.isfinite(found.sky.ra.deg).tolist() == [True, False, True]


# ---- programs that count pixels from 1


FROM_ONE = {
    "IRAF": "#K IRAF       = NOAO/IRAFV2.16        version    %-23s\n#N XCENTER    YCENTER    ID    \\\n"
    "#U pixels     pixels     ##    \\\n#F %-14.3f    %-11.3f    %-6d\n#\n41.000        26.000     1\n",
    "DAOPHOT .coo": " NL   NX   NY  LOWBAD HIGHBAD  THRESH     AP1  PH/ADU  RNOISE    FRAD\n"
    "  1   90   60    -50.0 32000.0   20.00    3.00    2.00    5.00    2.50\n\n"
    "      1   41.000   26.000  -3.000    0.500    0.100\n"
    "      2   11.000   16.000  -2.000    0.500    0.100\n",
    "DAOPHOT .ap": " NL   NX   NY  LOWBAD HIGHBAD  THRESH     AP1  PH/ADU  RNOISE    FRAD\n"
    "  2   90   60    -50.0 32000.0   20.00    3.00    2.00    5.00    2.50\n\n\n"
    "      1   41.000   26.000   14.000   14.100\n      100.000  2.00  0.10   0.010   0.012\n\n"
    "      2   11.000   16.000   15.000   15.100\n      100.000  2.00  0.10   0.010   0.012\n",
    "SExtractor": "#   1 X_IMAGE  Object position along x  [pixel]\n#   2 Y_IMAGE  y [pixel]\n41.0 26.0\n",
    "AstroImageJ": "\tLabel\tX(IJ)_T1\tX(FITS)_T1\tY(FITS)_T1\tX(FITS)_C2\tY(FITS)_C2\tRA_T1\n"
    "1\ta.fits\t40.5\t41.0\t26.0\t11.0\t16.0\t10.0\n2\tb.fits\t41.5\t42.0\t27.0\t12.0\t17.0\t10.0\n",
    "APT": "# Aperture Photometry Tool, version 3.0\n# Number CenterX CenterY\n1 41.0 26.0\n",
}


@pytest.mark.parametrize("program", FROM_ONE)
def test_positions_that_count_from_one_are_shifted_and_that_is_said(tmp_path, program):
    (tmp_path / "stars.txt").write_text(FROM_ONE[program])
    found = find_positions(read_catalog(tmp_path / "stars.txt"))
    assert (found.x[0], found.y[0]) == (40, 25)
    assert "from 1" in found.note
    if len(found.x) > 1:
        assert (found.x[1], found.y[1]) == (10, 15)


def test_astroimagej_s_list_of_apertures_has_hours_whatever_their_form(tmp_path):
    (tmp_path / "a.radec").write_text(
        "#RA in decimal or sexagesimal HOURS\n#Dec in decimal or sexagesimal DEGREES\n#Ref Star=0,1\n"
        "10:01:00, -02:07:30, 0, 1, 12.5\n10.0166666667, -2.125, 1, 1, 99.999\n"
    )
    sky = find_positions(read_catalog(tmp_path / "a.radec")).sky
    np.testing.assert_allclose([sky.ra.deg, sky.dec.deg], [[RA, RA], [DEC, DEC]], atol=1e-8)


@pytest.mark.parametrize("ending", [".ecsv", ".fits", ".vot", ".csv"])
def test_our_own_results_are_a_catalog_that_counts_from_zero(tmp_path, ending):
    imviz = Imviz()
    wcs = WCS(naxis=2)
    wcs.wcs.ctype, wcs.wcs.crval, wcs.wcs.crpix = ["RA---TAN", "DEC--TAN"], [RA, DEC], [45.5, 30.5]
    wcs.wcs.cdelt = [-1e-4, 1e-4]
    y, x = np.mgrid[:60, :90]
    imviz.load_data(NDData(np.exp(-((x - 40) ** 2 + (y - 25) ** 2) / 12.5), wcs=wcs))
    imviz.load_regions(CirclePixelRegion(PixCoord(40, 25), 8))
    plugin = imviz.plugins["Aperture Photometry"]
    plugin.calculate_photometry()
    plugin.export_table(str(tmp_path / f"mine{ending}"))
    search = imviz.plugins["Catalog Search"]
    search.import_catalog(tmp_path / f"mine{ending}")
    x, y = imviz.default_viewer.vectors.positions("catalog catalog_results")
    assert (x[0], y[0]) == pytest.approx((40, 25), abs=1e-5)


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


def test_one_odd_byte_costs_no_row(tmp_path):
    path = tmp_path / "c.csv"
    path.write_bytes(b"ra,dec,name\n150.1,2.1,one\x00\n150.2,2.2,two\n" + b"150.3,2.3,more\n" * 4)
    assert len(read_catalog(path)) == 6


@pytest.mark.parametrize("content", [b"", b"\n \n"])
def test_an_empty_file_is_called_so(tmp_path, content):
    path = tmp_path / "c.csv"
    path.write_bytes(content)
    with pytest.raises(ReadError, match="it is empty"):
        read_catalog(path)


@pytest.mark.parametrize("word", ["hours", "hour", "hrs", "h", "hourangle"])
@pytest.mark.parametrize("suffix", ["ecsv", "csv"])
def test_numbers_in_hours_are_hours_however_the_unit_is_spelled(tmp_path, word, suffix):
    if suffix == "ecsv":
        kinds = "".join(
            f"# - {{name: {name}, unit: '{unit}', datatype: float64}}\n"
            for name, unit in (("RA", word), ("DEC", "deg"))
        )
        text = f"# %ECSV 1.0\n# ---\n# delimiter: ','\n# datatype:\n{kinds}RA,DEC\n10.0,2.0\n"
    else:
        text = f"RA,DEC\n{word},deg\n10.0,2.0\n"
    (tmp_path / f"t.{suffix}").write_text(text)
    found = find_positions(read_catalog(tmp_path / f"t.{suffix}"))
    assert found.sky.ra.deg == pytest.approx([150.0])
    assert found.sky.dec.deg == pytest.approx([2.0])


@pytest.mark.parametrize("dashes", ["--", "---", "-"])
@pytest.mark.parametrize("first", [0, 1])
def test_a_row_of_dashes_costs_no_other_row(tmp_path, dashes, first):
    rows = ["150.1,2.1", f"{dashes},{dashes}", "150.2,2.2"]
    rows = rows if first == 0 else ["150.1,2.1", "150.2,2.2", f"{dashes},{dashes}"]
    (tmp_path / "t.csv").write_text("ra,dec\n" + "\n".join(rows) + "\n")
    found = find_positions(read_catalog(tmp_path / "t.csv"))
    assert {150.1, 150.2} <= set(found.sky.ra.deg.round(6))
