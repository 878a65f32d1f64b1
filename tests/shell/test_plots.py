"""The profile plot: finite points only, few widgets, and none left over from the plot before."""

import numpy as np
import pytest
from ipywidgets.widgets.widget import _instances

from imviz.plugin import Plot, Series
from imviz.shell.plots import MAX_POINTS, PlotView


def plot(*series, title="Radial profile"):
    return Plot(series, "Radius (pix)", "MJy / sr", title)


def points(n=10, **options):
    return Series(np.arange(n, dtype=float), np.linspace(1, 2, n), **options)


def test_points_then_a_dashed_curve():
    curve = Series(np.linspace(0, 9, 50), np.ones(50), "line", "fit")
    scatter, line = PlotView(plot(points(), curve)).marks
    np.testing.assert_array_equal(scatter.x, np.arange(10))
    assert line.line_style == "dashed"
    assert line.x.size == 50


def test_axes_and_title_say_what_is_plotted():
    view = PlotView(plot(points()))
    assert [axis.label for axis in view.axes] == ["Radius (pix)", "MJy / sr"]
    assert view.title == "Radial profile"


def test_points_that_are_not_finite_are_left_out():
    x, y = np.array([0.0, 1, np.nan, 3]), np.array([1.0, np.inf, 2, 4])
    [scatter] = PlotView(plot(Series(x, y))).marks
    assert scatter.x.tolist() == [0, 3]
    assert scatter.y.tolist() == [1, 4]


def test_errors_are_bars_from_minus_to_plus():
    bars, _ = PlotView(plot(points(2, err=np.array([0.5, np.nan])))).marks
    assert bars.y.tolist() == [[0.5, 1.5], [2, 2]]


def test_a_raw_profile_of_many_pixels_is_thinned_evenly():
    [scatter] = PlotView(plot(points(50_000))).marks
    assert scatter.x.size <= MAX_POINTS
    assert len(set(np.diff(scatter.x))) == 1


def test_an_empty_series_is_no_error():
    [scatter] = PlotView(plot(Series(np.empty(0), np.empty(0)))).marks
    assert scatter.x.size == 0


def test_showing_a_hundred_plots_leaves_as_many_widgets_as_one():
    view = PlotView(plot(points()))
    before = len(_instances)
    for n in range(100):
        view.show(plot(points(n + 1), title=str(n)))
    assert len(_instances) == before
    assert view.title == "99"


def test_a_plot_is_few_widgets():
    before = len(_instances)
    view = PlotView(plot(points(err=np.ones(10)), points(5, kind="line")))
    assert len(_instances) - before <= 11
    assert len(view.marks) == 3


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [(0, 17.9, [0, 5, 10, 15]), (-0.02, 4.3, [0, 1, 2, 3, 4]), (0, 1.1e-11, [0, 5e-12, 1e-11]), (7, 7, [7])],
)
def test_axes_have_a_handful_of_round_ticks(low, high, ticks):
    view = PlotView(plot(Series(np.arange(2.0), np.array([low, high], dtype=float))))
    np.testing.assert_allclose(view.axes[1].tick_values, ticks, atol=1e-13 * max(1, high))
