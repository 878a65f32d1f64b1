"""The document's regions: anchors that hold, changes that can be taken back, costs that do not grow."""

import operator

import astropy.units as u
import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from astropy.nddata import NDData
from astropy.table import Table
from astropy.wcs import WCS, Sip
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from photutils import aperture as ap
from regions import (
    CirclePixelRegion,
    CircleSkyRegion,
    CompoundPixelRegion,
    EllipsePixelRegion,
    LinePixelRegion,
    PixCoord,
    PolygonPixelRegion,
    RectanglePixelRegion,
)

from imviz.errors import InputError
from imviz.science.regions.trees import JOINS
from imviz.science.results.program import IMPORTS
from imviz.science.sky.geometry import pixel_to_sky, sky_to_pixel
from imviz.session import Session, composites, operations
from imviz.session.catalogs import Catalog
from imviz.session.loading import load_regions, read_regions, save_regions

CIRCLE = CirclePixelRegion(PixCoord(30.0, 20.0), 5.0)
TILTED = EllipsePixelRegion(PixCoord(41.5, 33.25), 12, 6, 25 * u.deg)


def tan(scale=1e-4, turn=0.0, mirrored=False, sip=False):
    wcs = WCS(naxis=2)
    suffix = "-SIP" if sip else ""
    wcs.wcs.ctype = f"RA---TAN{suffix}", f"DEC--TAN{suffix}"
    wcs.wcs.crval, wcs.wcs.crpix = (150, 2), (40, 30)
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    wcs.wcs.cd = scale * matrix @ np.diag([1 if mirrored else -1, 1])
    if sip:
        a, b = np.zeros((3, 3)), np.zeros((3, 3))
        a[2, 0], a[1, 1], b[0, 2] = 3e-5, -2e-5, 4e-5
        wcs.sip = Sip(a, b, None, None, (40, 30))
    return wcs


def session_of(*skies):
    session = Session()
    for n, wcs in enumerate(skies):
        session.add_image(NDData(np.zeros((60, 80), "f4"), wcs=wcs), "abcdef"[n])
    return session


def state(session):
    """All of the document that undo must bring back."""
    return (
        session.images,
        session.alignment,
        session.n_rows,
        {
            label: (session.image(label).data.tobytes(), session.ground(label).shape)
            for label in session.images
        },
        [
            (key, found.image, found.x.tolist(), found.sky is None)
            for viewer in (None, "one")
            for key in session.catalogs.names(viewer)
            for found in [session.catalogs.get(key, viewer)]
        ],
        [(name, session.orientations[name].image) for name in session.orientations.names],
        [
            (r.number, r.label, repr(r.outline), r.ground.label, r.color, r.locked, r.visible)
            for r in session.region_list
        ],
    )


# ---- anchors


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("sip", [False, True])
@pytest.mark.parametrize(
    "shape",
    [
        CIRCLE,
        TILTED,
        RectanglePixelRegion(PixCoord(9, 50), 3, 8, 100 * u.deg),
        PolygonPixelRegion(PixCoord([1.5, 70, 40], [2, 10, 55.5])),
        CompoundPixelRegion(CIRCLE, TILTED, operator.xor),
    ],
    ids=lambda shape: type(shape).__name__,
)
def test_from_pixels_to_the_sky_and_back_nothing_moves(shape, sip, mirrored):
    wcs = tan(turn=0.4, mirrored=mirrored, sip=sip)
    back = sky_to_pixel(pixel_to_sky(shape, wcs), wcs)
    pairs = [(shape, back)]
    if isinstance(shape, CompoundPixelRegion):
        pairs = [(shape.region1, back.region1), (shape.region2, back.region2)]
    for one, other in pairs:
        for name in one._params:
            a, b = getattr(one, name), getattr(other, name)
            if isinstance(a, PixCoord):
                np.testing.assert_allclose(np.array(b.xy), np.array(a.xy), atol=1e-6)
            else:
                assert u.Quantity(b).value == pytest.approx(u.Quantity(a).value, abs=1e-6)


def test_a_region_on_the_sky_stays_there_whatever_images_come_and_go():
    session = session_of(tan(), tan(2e-4, 0.3), None)
    star = SkyCoord(150.0005, 2.0005, unit="deg")
    label = session.add_region(CircleSkyRegion(star, 2 * u.arcsec), on="a")
    assert session.region_list[label].anchor == "the sky"
    session.align("wcs")
    expected = tan(2e-4, 0.3).world_to_pixel(star)
    for gone in ("a", "c"):
        session.remove_image(gone)
        np.testing.assert_allclose(session.region(label, on="b").center.xy, expected, atol=1e-6)
    session.remove_image("b")
    assert session.region_image(label) is None
    session.add_image(NDData(np.zeros((60, 80)), wcs=tan()), "new")
    np.testing.assert_allclose(
        session.region(label, on="new").center.xy, tan().world_to_pixel(star), atol=1e-6
    )


def test_aligned_by_pixels_a_sky_region_is_at_the_same_pixels_of_all():
    session = session_of(tan(), tan(2e-4, 0.3))
    label = session.add_region(CircleSkyRegion(SkyCoord(150, 2, unit="deg"), 2 * u.arcsec), on="b")
    assert session.region(label, on="a") == session.region(label, on="b")


def test_a_hand_s_edit_keeps_the_anchor():
    session = session_of(tan(), tan(2e-4, 0.3, mirrored=True))
    session.align("wcs")
    on_sky = session.add_region(CircleSkyRegion(SkyCoord(150, 2, unit="deg"), 2 * u.arcsec), on="a")
    on_b = session.add_region(CIRCLE, on="b")
    for label in (on_sky, on_b):
        anchor = session.region_list[label].anchor
        shape = operations.moved(session.region(label, on="a"), 3, -2)
        session.update_region(label, shape, on="a")
        assert session.region_list[label].anchor == anchor
        np.testing.assert_allclose(session.region(label, on="a").center.xy, shape.center.xy, atol=1e-6)


def test_the_anchor_can_be_changed_and_nothing_moves():
    session = session_of(tan(sip=True), tan(2e-4))
    label = session.add_region(TILTED, on="a")
    session.align("wcs")
    on_b = session.region(label, on="b")
    for to in ("sky", "b", "sky", "a"):
        session.anchor_region(label, to)
        assert (to in session.region_list[label].anchor) or to == "sky"
        now = session.region(label, on="b")
        np.testing.assert_allclose(now.center.xy, on_b.center.xy, atol=1e-6)
        assert now.width == pytest.approx(on_b.width, abs=1e-6)
    with pytest.raises(InputError):
        session_of(None).anchor_region("Subset 1", "sky")


def test_a_document_s_region_is_nobody_else_s():
    session = session_of(None)
    mine = CIRCLE.copy()
    label = session.add_region(mine)
    mine.radius = 99
    session.region(label).center.x = 0
    assert session.region(label) == CIRCLE


# ---- style, locks, names


def test_locked_regions_are_neither_changed_nor_deleted():
    session = session_of(None)
    first, second = session.add_regions([CIRCLE, TILTED])
    session.region_list.style([first], locked=True, color="red", visible=False)
    record = session.region_list[first]
    assert (record.locked, record.color, record.visible) == (True, "#ff0000", False)
    for refused in (
        lambda: session.remove_regions([second, first]),
        lambda: session.update_region(first, TILTED),
    ):
        with pytest.raises(InputError, match="locked"):
            refused()
    assert session.regions == (first, second)
    with pytest.raises(InputError, match="not a colour"):
        session.region_list.style([first], color="zz")


def test_a_renamed_region_stays_selected_and_in_its_place():
    session = session_of(None)
    first, second = session.add_regions([CIRCLE, TILTED])
    session.select([first])
    session.region_list.rename(first, "star")
    assert (session.regions, session.selected_region) == (("star", second), "star")
    with pytest.raises(InputError, match="already"):
        session.region_list.rename("star", second)


# ---- what has changed


def test_one_changed_region_is_all_there_is_to_tell():
    session = session_of(tan(), tan())
    labels = session.add_regions([CIRCLE] * 100)
    clock = session.region_list.clock
    session.update_region(labels[40], TILTED)
    session.remove_region(labels[41])
    changes = session.region_list.since(clock)
    assert (changes.changed, changes.removed, changes.everything) == ((labels[40],), (labels[41],), False)
    clock = session.region_list.clock
    session.add_image(NDData(np.zeros((5, 5))), "new")
    assert session.region_list.since(clock).changed == ()
    session.align("wcs")
    assert session.region_list.since(clock).everything


def test_many_regions_are_one_piece_of_news_and_one_step():
    session = session_of(None)
    news, steps = [], len(session.history)
    session.add_callback("revision", lambda _: news.append(1))
    shapes = [CirclePixelRegion(PixCoord(n % 80, n % 60), 1 + n / 10) for n in range(10_000)]
    labels, bad = load_regions(session, shapes)
    assert (len(labels), bad, len(news)) == (10_000, [], 1)
    assert len(session.history) == steps + 1
    session.history.undo()
    assert session.regions == ()


# ---- glue's view of them


def test_glue_code_sees_changes_and_makes_regions():
    session = session_of(None)
    label = session.add_region(CIRCLE)
    collection = session.glue.data_collection
    (group,) = collection.subset_groups
    y, x = np.mgrid[:60, :80]
    assert np.array_equal(group.subsets[0].to_mask(), CIRCLE.contains(PixCoord(x, y)))
    group.subset_state = group.subset_state & ~group.subset_state
    assert isinstance(session.region(label), CompoundPixelRegion)
    data = collection[0]
    bright = collection.new_subset_group("bright", data.id["DATA"] > 3)
    with pytest.raises(InputError, match="no outline"):
        session.region("bright")
    collection.remove_subset_group(bright)
    assert session.regions == (label,)


# ---- operations


def test_recentring_finds_the_star_where_it_was_put():
    y, x = np.mgrid[:60, :80]
    star = 100 * np.exp(-((x - 40.37) ** 2 + (y - 22.81) ** 2) / 2 / 1.8**2) + 7
    session = Session()
    session.add_image(NDData(star), "a")
    label = session.add_region(CirclePixelRegion(PixCoord(38, 24), 8))
    np.testing.assert_allclose(operations.recentre(session, label), (40.37, 22.81), atol=0.02)
    found = operations.statistics(session, label)
    assert found.area == pytest.approx(np.pi * 64, rel=1e-9)
    assert found.max == pytest.approx(star.max())
    flat = Session()
    flat.add_image(NDData(np.ones((60, 80))), "a")
    flat.add_region(CIRCLE)
    with pytest.raises(InputError, match="stands out"):
        operations.recentre(flat, "Subset 1")


def test_copies_joins_numbers_and_corners():
    session = session_of(None)
    label = session.add_region(CIRCLE)
    (copy,) = operations.duplicate(session, [label])
    operations.edit(session, copy, x=33, radius=4.5)
    assert session.region(copy).radius == 4.5
    with pytest.raises(InputError, match="has no number 'width'"):
        operations.edit(session, copy, width=3)
    with pytest.raises(InputError, match="cannot have that"):
        operations.edit(session, copy, radius=-3)
    operations.combine(session, [label, copy], "xor")
    assert session.regions == (label,)
    y, x = np.mgrid[:60, :80]
    expected = CIRCLE.contains(PixCoord(x, y)) ^ CirclePixelRegion(PixCoord(33, 12), 4.5).contains(
        PixCoord(x, y)
    )
    assert np.array_equal(session.region(label).contains(PixCoord(x, y)), expected)


# ---- files


@pytest.mark.parametrize("name", ["M 13", "the northern of two clusters " * 5 + "M 13"])
@pytest.mark.parametrize("ending", ["reg", "crtf", "fits", "ecsv", "stcs"])
def test_a_session_s_regions_go_to_a_file_and_come_back(tmp_path, ending, name):
    session = session_of(tan())
    first, second = session.add_regions([CIRCLE, CompoundPixelRegion(CIRCLE, TILTED, operator.or_)])
    session.region_list.rename(first, name)
    session.region_list.style([name], color="#12ab34", excluded=True)
    told = save_regions(session, tmp_path / f"a.{ending}")
    assert len(told) == (ending != "ecsv")  # only our own table has composites; elsewhere that is said
    other = session_of(tan())
    found, unread = read_regions(tmp_path / f"a.{ending}")
    labels, bad = load_regions(other, found)
    assert (labels, bad, unread) == ([name, second], [], [])
    record = other.region_list[name]
    assert (record.color, record.excluded) == ("#12ab34", True)
    back = other.region(name)
    np.testing.assert_allclose([*back.center.xy, back.radius], [30, 20, 5], atol=1e-6)


def test_masks_and_labels_come_in_as_outlines_and_strangers_are_refused():
    session = session_of(None)
    mask = np.zeros((60, 80), bool)
    mask[10:20, 30:45] = True
    labels, bad = load_regions(session, mask)
    y, x = np.mgrid[:60, :80]
    assert np.array_equal(session.region(labels[0]).contains(PixCoord(x, y)), mask)
    labels, bad = load_regions(session, [mask[:5], CIRCLE, CirclePixelRegion(PixCoord(500, 20), 3)])
    assert (len(labels), len(bad)) == (1, 2)
    assert "not that of 'a'" in bad[0][1]
    assert "lies beside 'a'" in bad[1][1]


TURNED = {"theta": 0.5}
APERTURES = [
    (ap.CircularAperture, (4.0,), {}),
    (ap.CircularAnnulus, (3.0, 6.0), {}),
    (ap.EllipticalAperture, (6.0, 3.0), TURNED),
    (ap.EllipticalAnnulus, (3.0, 6.0, 4.0), TURNED),
    (ap.RectangularAperture, (8.0, 5.0), TURNED),
    (ap.RectangularAnnulus, (3.0, 6.0, 4.0), TURNED),
]


@pytest.mark.parametrize("on_sky", [False, True], ids=["pixel", "sky"])
@pytest.mark.parametrize(("kind", "sizes", "turn"), APERTURES, ids=[row[0].__name__ for row in APERTURES])
def test_photutils_apertures_of_one_and_of_many_positions_come_in(kind, sizes, turn, on_sky):
    """Each position becomes a region, which covers the pixels that photutils' own weights cover."""
    wcs = tan(turn=0.3)
    many = kind([(30.27, 20.54), (45.13, 33.76), (60.36, 41.09)], *sizes, **turn)
    one = kind((30.27, 20.54), *sizes, **turn)
    session = session_of(wcs)
    given = [aperture.to_sky(wcs) for aperture in (many, one)] if on_sky else [many, one]
    labels, bad = load_regions(session, given)
    assert (len(labels), bad) == (4, [])
    assert all(session.region_list[label].on_sky == on_sky for label in labels)
    y, x = np.mgrid[:60, :80]
    for label, mask in zip(
        labels, [*many.to_mask(method="center"), one.to_mask(method="center")], strict=True
    ):
        inside = session.region(label).contains(PixCoord(x, y))
        assert abs(int(inside.sum()) - int(mask.data.sum())) <= (2 if on_sky else 0)
        assert (inside != (mask.to_image((60, 80)) > 0)).sum() <= (4 if on_sky else 0)


# ---- history


def test_the_printed_history_does_the_same():
    session = session_of(tan(), tan(2e-4))
    images = {label: session.image(label) for label in session.images}
    session.add_regions([CIRCLE, TILTED, LinePixelRegion(PixCoord(1, 2), PixCoord(3, 4))])
    session.add_region(CircleSkyRegion(SkyCoord(150, 2, unit="deg"), 2 * u.arcsec), on="b")
    session.region_list.style(["Subset 1"], color="red", excluded=True)
    session.region_list.rename("Subset 2", "disk")
    session.update_region("disk", operations.moved(TILTED, 1, 1))
    session.align("wcs")
    session.anchor_region("disk", "sky")
    session.remove_regions(["Subset 3"])
    session.rename_image("b", "deep")
    session.remove_image("a")

    again = Session()
    exec(IMPORTS + "\n".join([step.code() for step in session.history]), {"session": again, "images": images})
    assert [row[1:] for row in state(again)[-1]] == [row[1:] for row in state(session)[-1]]
    assert state(again)[:2] == state(session)[:2]


def test_removed_arrays_are_kept_up_to_a_bound_and_then_the_oldest_steps_are_forgotten():
    session = session_of(None)
    session.history.most_held = 3 * 60 * 80 * 4  # three of these images
    session.add_region(CIRCLE)
    for n in range(5):
        label = session.add_image(NDData(np.full((60, 80), n, "f4")), f"more {n}")
        session.remove_image(label)
    assert session.history.titles == tuple(
        f"{verb} more {n}" for n in (2, 3, 4) for verb in ("Open", "Remove")
    )
    session.history.undo(6)
    assert session.images == ("a",)
    assert session.regions == ("Subset 1",)
    session.history.redo(1)
    assert session.image("more 2").data[0, 0] == 2
    session.add_region(CIRCLE)  # a step that holds nothing forgets nothing
    assert len(session.history) == 2


class Document(RuleBasedStateMachine):
    """Any sequence of changes can be taken back to the beginning and done again."""

    @initialize()
    def begin(self):
        self.session = session_of(tan(), tan(2e-4, 0.2))
        self.session.history.clear()
        self.states = [state(self.session)]

    def done(self):
        n = len(self.session.history)
        del self.states[n:]
        self.states.append(state(self.session))

    def some(self, k):
        labels = self.session.regions
        return labels[k % len(labels)] if labels else None

    @rule(x=st.floats(5, 70), r=st.floats(1, 9), on=st.integers(0, 9))
    def add(self, x, r, on):
        if self.session.images:
            images = self.session.images
            self.session.add_region(CirclePixelRegion(PixCoord(x, 20), r), on=images[on % len(images)])
            self.done()

    @rule(k=st.integers(0, 9), mode=st.sampled_from(["or", "and", "xor", "remove", "replace"]))
    def draw(self, k, mode):
        if self.session.images and self.some(k):
            self.session.combine_region(self.some(k), TILTED, mode)
            self.done()

    @rule(
        k=st.integers(0, 9),
        color=st.sampled_from(["#ff0000", "#00ff00"]),
        what=st.sampled_from(["style", "name"]),
    )
    def style(self, k, color, what):
        if self.some(k):
            before = len(self.session.history)
            if what == "style":
                self.session.region_list.style([self.some(k)], color=color)
            elif color not in self.session.region_list:
                self.session.region_list.rename(self.some(k), color)
            if len(self.session.history) > before:
                self.done()

    @rule(k=st.integers(0, 9))
    def remove(self, k):
        if self.some(k):
            self.session.remove_region(self.some(k))
            self.done()

    @rule(k=st.integers(0, 9), verb=st.sampled_from(["remove", "rename", "add", "align", "row", "clear"]))
    def document(self, k, verb):
        session, images = self.session, self.session.images
        before = len(session.history)
        if verb == "add":
            session.add_image(NDData(np.zeros((60, 80)), wcs=tan(1e-4, k)), "new")
        elif verb == "align":
            session.align("wcs" if session.alignment == "pixels" else "pixels")
        elif verb == "row":
            session.add_row({"id": 1, "sum": float(k), **({"extra": "x"} if k % 2 else {})})
        elif verb == "clear":
            session.clear_results()
        elif images and verb == "remove":
            session.remove_image(images[k % len(images)])
        elif images:
            session.rename_image(images[k % len(images)], f"image {k}")
        if len(session.history) > before:
            self.done()

    @rule(
        k=st.integers(0, 9),
        verb=st.sampled_from(["add", "sky", "remove", "clear"]),
        viewer=st.sampled_from([None, "one"]),
    )
    def catalog(self, k, verb, viewer):
        session, before = self.session, len(self.session.history)
        name = f"stars {k % 3}"
        if verb == "sky":
            sky = SkyCoord([150.0], [2.0], unit="deg")
            session.catalogs.add(name, Catalog(Table({"k": [k]}), sky=sky), viewer)
        elif verb == "add" and session.images:
            where = {"x": np.array([float(k)]), "y": np.zeros(1)}
            ground = session.ground(session.images[k % len(session.images)])
            session.catalogs.add(name, Catalog(Table({"k": [k]}), **where, ground=ground), viewer)
        elif verb == "remove" and name in session.catalogs.names(viewer):
            session.catalogs.remove(name, viewer)
        elif verb == "clear":
            session.catalogs.clear(viewer)
        if len(session.history) > before:
            self.done()

    @rule(k=st.integers(0, 9))
    def orientation(self, k):
        session = self.session
        if session.alignment == "wcs" and session.images:
            image = session.images[k % len(session.images)]
            if session.placing(image) is not None:
                session.orientations.add(image, 10 * k)
                self.done()

    @rule(k=st.integers(0, 9), verb=st.sampled_from(["join", "part", "cut"]), join=st.sampled_from(JOINS))
    def composite(self, k, verb, join):
        session, label = self.session, self.some(k)
        if not (session.images and label):
            return
        parts, before = composites.parts(session, label), len(session.history)
        path = parts[k % len(parts)].path
        try:
            if verb == "join":
                composites.set_join(session, label, path, join)
            elif verb == "part" and len(parts) < 6:
                composites.add_part(session, label, CIRCLE, join, path)
            elif verb == "cut":
                composites.remove_part(session, label, path, keep=bool(k % 2))
        except InputError:  # no composite there, or no place on the sky
            assert len(session.history) == before
        if len(session.history) > before:
            self.done()

    @rule(n=st.integers(1, 4))
    def undo(self, n):
        self.session.history.undo(n)

    @rule(n=st.integers(1, 4))
    def redo(self, n):
        self.session.history.redo(n)

    @invariant()
    def every_state_is_the_one_it_was(self):
        if hasattr(self, "states"):
            assert state(self.session) == self.states[len(self.session.history)]

    def teardown(self):
        if hasattr(self, "states"):
            n = len(self.session.history)
            self.session.history.undo(n)
            assert state(self.session) == self.states[0]
            self.session.history.redo(n)
            assert state(self.session) == self.states[n]


TestDocument = Document.TestCase
TestDocument.settings = settings(max_examples=25, stateful_step_count=25, deadline=None, derandomize=True)
