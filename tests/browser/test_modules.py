"""Single modules of the browser's half, imported by a page as they stand: no kernel, no figure, no widget.

The truth comes from elsewhere: `regions` says what a shape covers, astropy how a stretch bends, the plane
how far a point is.
"""

from pathlib import Path

import numpy as np
import pytest
import regions
from astropy import units as u
from astropy import visualization

import imviz

PACKAGE = Path(imviz.__file__).parent
SITE = "http://imviz.test/"


@pytest.fixture(scope="module")
def run(chrome):
    """run(body, value): the body of an async function of `value` in the page, which may import modules."""
    page = chrome.new_page()

    def serve(route):
        path = route.request.url.removeprefix(SITE)
        if not path:
            return route.fulfill(body="<!doctype html><body></body>", content_type="text/html")
        return route.fulfill(body=(PACKAGE / path).read_text(), content_type="text/javascript")

    page.route(SITE + "**", serve)
    page.goto(SITE)
    yield lambda body, value=None: page.evaluate(f"async (value) => {{ {body} }}", value)
    page.close()


CENTRE = regions.PixCoord(40.3, 30.8)
SHAPES = [
    (
        {"kind": "circle", "x": 40.3, "y": 30.8, "radius": 9.5},
        regions.CirclePixelRegion(CENTRE, 9.5),
    ),
    (
        {"kind": "ellipse", "x": 40.3, "y": 30.8, "width": 30, "height": 11, "angle": 33},
        regions.EllipsePixelRegion(CENTRE, 30, 11, 33 * u.deg),
    ),
    (
        {"kind": "rectangle", "x": 40.3, "y": 30.8, "width": 30, "height": 11, "angle": -70},
        regions.RectanglePixelRegion(CENTRE, 30, 11, -70 * u.deg),
    ),
    (
        {"kind": "annulus", "x": 40.3, "y": 30.8, "inner_radius": 5, "outer_radius": 12},
        regions.CircleAnnulusPixelRegion(CENTRE, 5, 12),
    ),
    (
        {
            "kind": "polygon",
            "x": 40.25,
            "y": 30.5,
            "points": [[20, 10], [60.5, 12], [44, 33], [57, 51], [22, 48]],
        },
        regions.PolygonPixelRegion(regions.PixCoord([20, 60.5, 44, 57, 22], [10, 12, 33, 51, 48])),
    ),
]


@pytest.mark.parametrize(
    ("shape", "region"), SHAPES, ids=lambda value: getattr(value, "get", lambda _: "")("kind")
)
def test_a_shape_covers_what_regions_says_and_its_box_holds_just_that(run, shape, region):
    x, y = np.random.default_rng(11).uniform(0, 80, (2, 4000))
    covered, box = run(
        """const { covers, boxOf } = await import("/viewer/regions/geometry.js");
        return [value.points.map(([x, y]) => covers(value.shape, { x, y })), boxOf(value.shape)];""",
        {"shape": shape, "points": np.column_stack([x, y]).tolist()},
    )
    inside = region.contains(regions.PixCoord(x, y))
    assert 100 < inside.sum() < 3900
    assert covered == inside.tolist()
    whole = region.bounding_box  # of whole pixels
    low, high = np.array([whole.ixmin, whole.iymin]) - 0.5, np.array([whole.ixmax, whole.iymax]) - 0.5
    x0, x1, y0, y1 = box
    assert np.all((low <= [x0, y0]) & ([x0, y0] < low + 1))
    assert np.all((high - 1 < [x1, y1]) & ([x1, y1] <= high))


def test_the_distance_to_an_outline_is_the_plane_s(run):
    found = run(
        """const { outlineDistance } = await import("/viewer/regions/geometry.js");
        return value.map(([shape, point]) => outlineDistance(shape, point));""",
        [
            [{"kind": "circle", "x": 0, "y": 0, "radius": 5}, {"x": 3, "y": 0}],
            [{"kind": "circle", "x": 0, "y": 0, "radius": 5}, {"x": 6, "y": 8}],
            [{"kind": "annulus", "x": 0, "y": 0, "inner_radius": 2, "outer_radius": 9}, {"x": 0, "y": 3}],
            [{"kind": "rectangle", "x": 1, "y": 1, "width": 4, "height": 2, "angle": 90}, {"x": 1, "y": 7}],
            [{"kind": "line", "x": 0, "y": 0, "points": [[-4, 0], [4, 0]]}, {"x": 7, "y": 4}],
        ],
    )
    assert found == pytest.approx([2, 5, 1, 4, 5])


@pytest.mark.parametrize(
    ("name", "parameter", "stretch"),
    [
        ("linear", None, visualization.LinearStretch()),
        ("sqrt", None, visualization.SqrtStretch()),
        ("log", 1000, visualization.LogStretch(1000)),
        ("arcsinh", 0.1, visualization.AsinhStretch(0.1)),
        ("sinh", 0.3, visualization.SinhStretch(0.3)),
        ("power", 2, visualization.PowerStretch(2)),
    ],
)
def test_colours_of_a_stretch_are_astropy_s(run, name, parameter, stretch):
    look = {"cuts": [-2, 10], "bias": 0.5, "contrast": 1, "stretch": name, "parameter": parameter}
    values, levels = run(
        """const { colourTable, valuesOf } = await import("/viewer/picture/stretch.js");
        const values = valuesOf([3, 0.5, 0.0002]);
        const shades = Array.from({ length: 768 }, (_, n) => Math.floor(n / 3));
        const table = colourTable(value, values, shades);
        return [Array.from(values), Array.from(table, (colour) => colour & 255)];""",
        look,
    )
    values, levels = np.array(values[1:]), np.array(levels[1:])
    assert values == pytest.approx(3 + 0.5 * np.sinh((np.arange(1, 65536) - 32768) * 0.0002))
    part = np.clip((values + 2) / 12, 0, 1)
    expected = np.minimum(np.floor(256 * np.clip(stretch(part), 0, 1)), 255)
    assert len(set(levels)) > 100
    assert np.mean(levels == expected) > 0.999
    assert np.abs(levels - expected).max() <= 1


def test_boxes_are_found_where_they_are_as_by_looking_at_each(run):
    rng = np.random.default_rng(5)
    low = rng.uniform(0, 1000, (500, 2))
    side = 10 ** rng.uniform(-1, 2.5, (500, 2))
    boxes = np.column_stack([low[:, 0], low[:, 0] + side[:, 0], low[:, 1], low[:, 1] + side[:, 1]])
    found = run(
        """const { BoxIndex } = await import("/viewer/regions/boxes.js");
        const index = new BoxIndex();
        value.forEach((box, n) => index.set(n, box));
        index.delete(7);
        index.set(8, [5000, 5001, 5000, 5001]);
        return index.touching({ x: [300, 420], y: [500, 560] });""",
        boxes.tolist(),
    )
    x0, x1, y0, y1 = boxes.T
    touching = (x1 >= 300) & (x0 <= 420) & (y1 >= 500) & (y0 <= 560)
    touching[[7, 8]] = False
    assert 3 < touching.sum() < 200
    assert sorted(found) == np.flatnonzero(touching).tolist()


def test_a_box_asked_for_is_shown_whole_in_square_pixels(run):
    wide, tall = run(
        """const { containing } = await import("/viewer/motion/aim.js");
        const box = { x: [10, 30], y: [100, 140] };
        const sizes = [{ width: 400, height: 200 }, { width: 100, height: 800 }];
        return sizes.map((size) => containing(box, size));"""
    )
    assert wide == {"x": [-20, 60], "y": [100, 140]}
    assert tall == {"x": [10, 30], "y": [40, 200]}


POLYGON = """const { PolygonInHand } = await import("/viewer/regions/polygon_in_hand.js");
    const sent = [];
    const times = (scale) => ({ x, y }) => ({ x: scale * x, y: scale * y });
    const surface = { toImage: times(0.5), toScreen: times(2) };
    const model = { send: (message) => sent.push(message) };
    const overlay = { surface, model, sketch() {}, held: { refresh() {} } };
    const polygon = new PolygonInHand(overlay);
    for (const [x, y] of value) polygon.add({ x, y });"""


def test_a_polygon_closes_on_its_first_corner_and_by_a_double_click_has_no_corner_twice(run):
    corners = [[0, 0], [100, 0], [100, 80]]
    closed = run(POLYGON + "return sent;", [*corners, [4, 3]])
    twice = run(POLYGON + "polygon.twice(); return sent;", [*corners, [101, 80]])
    wanted = [[0, 0], [50, 0], [50, 40]]
    for sent in (closed, twice):
        assert [message["shape"]["points"] for message in sent] == [wanted]
    assert (closed[0]["shape"]["x"], closed[0]["shape"]["y"]) == pytest.approx((100 / 3, 40 / 3))


def test_a_polygon_of_two_corners_is_none_and_corners_are_taken_back(run):
    assert run(POLYGON + "polygon.close(); return [sent, polygon.corners];", [[0, 0], [100, 0]]) == [[], None]
    assert run(POLYGON + "polygon.back(null); return polygon.corners;", [[0, 0], [100, 0]]) == [[0, 0]]
    assert run(POLYGON + "polygon.back(null); return polygon.corners;", [[0, 0]]) is None


def test_a_shape_in_the_hand_is_told_once_at_a_time_and_then_the_newest(run):
    sent = run(
        """const { LiveShape } = await import("/viewer/regions/live_shape.js");
        const sent = [];
        const live = new LiveShape({ send: ({ shape }) => sent.push(shape) });
        [1, 2, 3].forEach((shape) => live.tell("A", shape));
        live.next();
        live.tell("A", 4);
        live.forget();
        live.next();
        live.tell("A", 5);
        return sent;"""
    )
    assert sent == [1, 3, 5]


def test_all_copies_of_the_code_share_one_observer_of_the_page(run):
    observers, called, left = run(
        """const Real = window.MutationObserver;
        let observers = 0;
        window.MutationObserver = class extends Real {
          observe(...to) { observers += 1; super.observe(...to); }
        };
        let called = 0;
        const stops = [];
        for (let n = 0; n < 9; n++) {
          const { watchPage } = await import(`/viewer/page/page_watch.js#${n}`);
          stops.push(watchPage(() => (called += 1)));
        }
        document.body.append(document.createElement("p"));
        await new Promise((done) => setTimeout(done));
        stops.forEach((stop) => stop());
        document.body.append(document.createElement("p"));
        await new Promise((done) => setTimeout(done));
        window.MutationObserver = Real;
        const watch = window[Symbol.for("imviz.page-watch")];
        return [observers, called, [watch.callbacks.size, watch.observer]];"""
    )
    assert (observers, called, left) == (1, 9, [0, None])


def test_a_tile_that_bends_is_put_between_the_nodes_of_its_mesh(run):
    places = run(
        """const { placeOf } = await import("/viewer/picture/tiles.js");
        const nodes = new Float64Array([0, 0, 10, 0, 0, 20, 10, 20]); // 4 by 4 pixels, 2.5 wide, 5 high
        const place = placeOf({ columns: 4, rows: 4 }, { cells: [1, 1], nodes: nodes.buffer });
        return [place.at(2, 1), place.at(4, 4), place.scale];"""
    )
    assert places == [[5, 5], [10, 20], pytest.approx(np.sqrt(2.5 * 5))]
