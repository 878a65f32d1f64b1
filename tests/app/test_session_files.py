"""A whole application in a file: viewers and panels too, and what happens when something is not as it was."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from astropy.nddata import NDData
from astropy.wcs import WCS
from regions import CirclePixelRegion, PixCoord

from imviz import Imviz
from imviz.app import PLUGINS
from imviz.errors import FileThereError, ImvizError, InputError
from imviz.plugin import Choice, Number, Plugin
from imviz.plugin.settings import settings as settings_of

CIRCLE = CirclePixelRegion(PixCoord(30.0, 20.0), 5.0)


def values(seed=1):
    return np.random.default_rng(seed).normal(10, 1, (80, 100)).astype("f4")


@pytest.fixture
def night(tmp_path):
    wcs = WCS(naxis=2)
    wcs.wcs.ctype, wcs.wcs.crval = ["RA---TAN", "DEC--TAN"], [10, 20]
    wcs.wcs.crpix, wcs.wcs.cdelt = [50, 40], [-1e-4, 1e-4]
    for name in "ab":
        fits.writeto(tmp_path / f"{name}.fits", values(ord(name)), wcs.to_header())
    return tmp_path


@pytest.fixture
def imviz(night):
    """Two files and an array in two viewers, each shown in its own way."""
    imviz = Imviz()
    for name in "ab":
        imviz.load_data(str(night / f"{name}.fits"), data_label=name)
    imviz.load_data(NDData(values(3), unit="Jy"), data_label="c")
    imviz.load_regions(CIRCLE)
    side = imviz.create_image_viewer("side")
    for label in ("c", "b[PRIMARY,1]"):
        imviz.app.add_data_to_viewer("side", label)
    side.set_layer("c", stretch="log", colormap="Viridis", cuts=(3, 30.5), invert=True, opacity=0.5)
    side.zoom(3.3)
    side.center_on((20, 30.5))
    side.controls.tool, side.controls.compass = "ellipse", True
    main = imviz.default_viewer
    main.set_layer("c", color_mode="Color", color="red", contrast=1.3, visible=False)
    main.set_layer("a[PRIMARY,1]", cuts="zscale", stretch="spline", knots=[(0, 0), (0.4, 0.7), (1, 1)])
    main.move_layer("a[PRIMARY,1]", 1)
    main.compare("swipe", "a[PRIMARY,1]", "b[PRIMARY,1]", 0.25)
    main.add_markers({"x": [1, 2.5], "y": [3, 4]}, marker_name="mine")
    panel = imviz.plugins["Aperture Photometry"]
    panel.dataset, panel.gain, panel.annulus_width = "c", 2.5, 7
    panel.calculate_photometry()
    imviz.plugins["Source Detection"].threshold = 8
    imviz.plugins["Source Detection"].open_in_tray()
    return imviz


def shown(imviz):
    return {
        name: (
            [(one.label, one.look) for one in viewer.controls.layers],
            viewer.view.reference_image,
            viewer.get_limits(),
            (viewer.controls.tool, viewer.controls.compass, viewer.comparison.mode, viewer.comparison.at),
            viewer.get_marker_names(),
        )
        for name, viewer in imviz.viewers.items()
    }


def settings(imviz):
    return {name: settings_of(plugin) for name, plugin in imviz.plugins.items()}


@pytest.fixture
def saved(imviz, night):
    imviz.save_session(night / "night.imviz")
    return night / "night.imviz"


def opened(path, **options):
    new = Imviz()
    new.load_session(path, **options)
    return new


def test_viewers_and_panels_come_back_as_they_were(imviz, saved):
    new = opened(saved)
    assert shown(new) == shown(imviz)
    assert settings(new) == settings(imviz)
    assert sorted(new.app.window.opened, key=new.app.window.opened.get) == [
        "Aperture Photometry",
        "Source Detection",
    ]
    assert all(verdict.same for verdict in new.verify())


def test_saved_again_it_is_the_same_bytes(saved):
    new = opened(saved)
    new.save_session(saved.with_name("again.imviz"))
    assert saved.with_name("again.imviz").read_bytes() == saved.read_bytes()
    new.save_session()  # the file saved to last
    assert saved.with_name("again.imviz").read_bytes() == saved.read_bytes()


def test_matched_viewers_look_where_they_looked_to_the_last_bit(night):
    wcs = WCS(fits.getheader(night / "a.fits"))
    wcs.wcs.crval, wcs.wcs.pc = [10.0003, 20.0002], [[0.8, -0.6], [0.6, 0.8]]
    fits.writeto(night / "turned.fits", values(7), wcs.to_header())
    imviz = Imviz()
    for name in ("a", "turned"):
        imviz.load_data(str(night / f"{name}.fits"), data_label=name)
    side = imviz.create_image_viewer("side")
    imviz.app.add_data_to_viewer("side", imviz.data_labels[1])
    imviz.default_viewer.zoom(3.3)
    imviz.match_viewers("sky")
    side.zoom(1.7)
    imviz.save_session(night / "x")
    new = opened(night / "x.imviz")
    assert new.app.matching.by == "sky"
    new.save_session(night / "y")
    assert (night / "y.imviz").read_bytes() == (night / "x.imviz").read_bytes()


def test_a_field_of_a_plugin_of_one_s_own_is_saved_without_a_word(night):
    class Mine(Plugin):
        name = "Mine"
        size = Number(3.0, doc="A size.")
        kind = Choice(["one", "two"], doc="A kind.")

    imviz = Imviz(plugins=(*PLUGINS, Mine))
    imviz.plugins["Mine"].size, imviz.plugins["Mine"].kind = 4.5, "two"
    imviz.save_session(night / "x")
    new = Imviz(plugins=(*PLUGINS, Mine))
    new.load_session(night / "x.imviz")
    assert (new.plugins["Mine"].size, new.plugins["Mine"].kind) == (4.5, "two")
    opened(night / "x.imviz")  # where there is no such plugin


def test_what_was_there_before_comes_back_by_undo(saved):
    imviz = Imviz()
    imviz.load_data(values(5), data_label="own")
    imviz.load_session(saved)
    assert "own" not in imviz.data_labels
    imviz.undo()
    assert imviz.data_labels == ["own"]
    assert [layer.label for layer in imviz.default_viewer.controls.layers] == ["own"]


def test_images_that_were_moved_are_found_by_their_folder_all_at_once(imviz, saved, night):
    before = shown(imviz)
    (night / "archive").mkdir()
    for name in "ab":
        (night / f"{name}.fits").rename(night / "archive" / f"{name}.fits")
    new = Imviz()
    with pytest.warns(UserWarning, match="is missing"):
        new.load_session(saved)
    assert new.data_labels == ["c"]
    assert "2 images are missing: a[PRIMARY,1], b[PRIMARY,1]" in new.app.window.message
    assert [len(new.get_regions()), new.app.session.n_rows] == [1, 1]
    new.load_session(folder=night)
    assert (new.app.window.message, new.app.session.missing) == ("Found 2.", {})
    assert {name: one[0] for name, one in shown(new).items()} == {
        name: one[0] for name, one in before.items()
    }
    assert new.app.session.region("Subset 1", "a[PRIMARY,1]") == CIRCLE
    new.undo()
    assert list(new.app.session.missing) == ["b[PRIMARY,1]"]


def test_what_is_missing_is_not_lost_by_saving(saved, night):
    text = saved.read_bytes()
    (night / "a.fits").unlink()
    with pytest.warns(UserWarning, match="missing"):
        new = opened(saved)
    new.save_session(night / "again.imviz")
    (night / "a.fits").write_bytes((night / "b.fits").read_bytes())  # another file of that name
    again = (night / "again.imviz").read_bytes()
    assert again.count(b'"image": "a[PRIMARY,1]"') == text.count(b'"image": "a[PRIMARY,1]"') == 1


def test_a_session_whose_opening_is_undone_is_not_saved_over(saved, night):
    imviz = Imviz()
    imviz.load_data(values(5), data_label="own")
    imviz.load_session(saved)
    imviz.undo()
    with pytest.raises(InputError, match="Name the file"):
        imviz.save_session()
    imviz.redo()
    assert imviz.app.files.path == saved


def run(imviz):
    """What the program of a history makes."""
    names = {}
    exec(str(imviz.history), names)
    return names["imviz"]


def test_a_program_begins_with_the_session_as_it_was_saved_last(saved, monkeypatch):
    """Saved over where it was opened from, the file has what was done since then already."""
    monkeypatch.chdir(saved.parent)
    imviz = opened(saved.name)
    imviz.load_regions(CIRCLE)
    imviz.save_session()
    imviz.app.session.rename_image("c", "d")
    monkeypatch.chdir("/")
    again = run(imviz)
    assert again.data_labels == imviz.data_labels
    assert list(again.get_regions()) == list(imviz.get_regions())
    imviz.undo(2)
    assert "undone since" in str(imviz.history)


def test_a_plane_shown_after_saving_is_a_step_of_its_own(night):
    fits.writeto(night / "cube.fits", np.stack([values(n) for n in range(4)]))
    imviz = Imviz()
    imviz.load_data(str(night / "cube.fits"))
    (cube,) = imviz.data_labels
    imviz.save_session(night / "x")
    imviz = opened(night / "x.imviz")
    imviz.app.session.origins.show_plane(cube, 1)
    imviz.save_session()
    imviz.app.session.origins.show_plane(cube, 2)
    assert run(imviz).app.session.origins.plane(cube) == (2,)


def test_images_that_were_found_are_found_by_the_program_too(saved, night):
    (night / "archive").mkdir()
    for name in "ab":
        (night / f"{name}.fits").rename(night / "archive" / f"{name}.fits")
    new = Imviz()
    new.app.files.open(saved)
    new.load_session(folder=night / "archive")
    with pytest.warns(UserWarning, match="is missing"):
        again = run(new)
    assert again.data_labels == new.data_labels
    assert [one.ground.loaded for one in again.app.session.region_list] == [True]
    new.undo()
    with pytest.warns(UserWarning, match="is missing"):
        assert run(new).app.files.missing == new.app.files.missing == ("b[PRIMARY,1]",)


def test_another_file_is_replaced_on_purpose_only(imviz, saved, night):
    (night / "other.imviz").write_text("mine")
    with pytest.raises(FileThereError, match=r"other\.imviz"):
        imviz.save_session(night / "other.imviz")
    imviz.save_session(night / "other", overwrite=True)
    with pytest.raises(InputError, match="Name the file"):
        Imviz().save_session()
    with pytest.raises(InputError, match="pixels='some'"):
        imviz.save_session(night / "new", pixels="some")
    with pytest.raises(ImvizError, match="folder"):
        imviz.save_session(night / "nowhere" / "x")
    with pytest.raises(InputError, match="Name a session's file"):
        imviz.load_session()
    with pytest.raises(InputError, match="no folder"):
        imviz.load_session(saved, folder=night / "nowhere")


def test_a_full_disk_says_so_and_the_file_that_was_there_stays(imviz, saved, full_disk):
    before = saved.read_bytes()
    with pytest.raises(ImvizError, match="cannot be written"):
        imviz.save_session()
    assert saved.read_bytes() == before
    assert sorted(path.suffix for path in saved.parent.iterdir()) == [".fits", ".fits", ".imviz"]


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of folders are POSIX")
def test_a_folder_that_cannot_be_written_to_says_so(imviz, night, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("imviz.science.safe_files.HeldFolder", refuse)
    with pytest.raises(InputError, match="Permission denied"):
        imviz.save_session(night / "x")


def changed(saved, **parts):
    """The text of a session with some parts replaced."""
    document = json.loads(saved.read_bytes()) | parts
    path = saved.with_name("changed.imviz")
    path.write_text(json.dumps(document))
    return path


@pytest.mark.parametrize(
    "parts",
    [
        {"viewers": [{"name": "imviz-0", "layers": [{"image": "a[PRIMARY,1]", "look": {"cuts": ["x", 1]}}]}]},
        {"viewers": [{"name": "imviz-0", "layers": [], "look_at": {"x": ["nan", 3], "y": [1, 2]}}]},
        {"viewers": [{"name": "imviz-0", "tool": "chainsaw", "orientation": "up", "marker": {"color": "x"}}]},
        {"viewers": [{"name": "imviz-0", "comparison": {"mode": "fade", "left": "x", "right": "y"}}]},
        {"viewers": [{"name": f"v{n}"} for n in range(3)], "matched": {"by": "force"}},
        {"panels": {"Aperture Photometry": {"gain": "much", "dataset": "x", "__class__": 1, "guides": [1]}}},
        {"panels": {"Nothing": {}}, "open_panels": ["Nothing", "Export"]},
        {"viewers": [{"name": "imviz-0", "layers": 3}, {"name": "v", "layers": [{"image": 3}]}]},
        {"viewers": [{"name": "imviz-0", "comparison": 3}], "matched": {"crosshair": 3}},
        {"panels": {"Export": 3, "Plot Options": {"size": {"value": "much", "unit": "parsnip"}}}},
        {
            "catalogs": [
                {
                    "name": "x",
                    "viewer": None,
                    "style": {"size": "x"},
                    "table": [],
                    "positions": ["# %ECSV 1.0"],
                }
            ]
        },
        {"bad_flags": {"JWST": ["NO_SUCH_FLAG"], "x": 3}},
    ],
)
def test_what_cannot_be_as_it_was_is_said_and_costs_nothing_else(imviz, night, parts):
    imviz.app.session.remove_image("c")
    imviz.save_session(night / "x", pixels=None)
    new = Imviz()
    told = new.app.files.open(changed(night / "x.imviz", **parts))
    assert new.data_labels == ["a[PRIMARY,1]", "b[PRIMARY,1]"]
    assert len(new.get_regions()) == 1
    assert all(len(sentence) <= 240 for sentence in told)


@pytest.mark.parametrize(
    "parts",
    [
        {"viewers": 3},
        {"viewers": [{}]},
        {"viewers": [{"name": " "}]},
        {"panels": []},
        {"matched": 3},
        {"open_panels": 3},
        {"selected": 3},
        {"combine": 3},
        {"bad_flags": 3},
        {"regions": [3]},
        {"images": [{}]},
        {"results": {"tables": [{}]}},
    ],
)
def test_a_file_that_makes_no_sense_leaves_everything_as_it_is(imviz, night, parts):
    other = Imviz()
    other.save_session(night / "x")
    before = shown(imviz), imviz.data_labels, imviz.app.session.n_rows, len(imviz.history)
    with pytest.raises(ImvizError):
        imviz.load_session(changed(night / "x.imviz", **parts))
    assert (shown(imviz), imviz.data_labels, imviz.app.session.n_rows, len(imviz.history)) == before


VERSIONS = sorted((Path(__file__).parent / "session_versions").glob("*.imviz"))


@pytest.mark.parametrize("path", VERSIONS, ids=lambda path: path.stem)
def test_a_file_of_each_version_loads_for_ever(path):
    imviz = Imviz()
    told = imviz.app.files.open(path)
    assert len(told) == 1
    assert "gone[PRIMARY,1] is missing" in told[0]
    assert imviz.data_labels == ["array"]
    assert imviz.app.session.regions == ("Subset 1", "named", "on the sky")
    table = imviz.get_aperture_photometry_results()
    assert (len(table), table["id"].tolist()) == (2, [1, 3])
    assert all(verdict.same for verdict in imviz.verify())
    assert imviz.viewers["side"].controls.layers[0].look.colormap == "Viridis"
    assert imviz.plugins["Source Detection"].threshold == 8


def test_there_is_a_file_of_each_version():
    from imviz.session.archive import VERSION

    assert [path.stem for path in VERSIONS] == [f"version_{n}" for n in range(1, VERSION + 1)]
