import astropy.units as u
import numpy as np
import pytest
from astropy.nddata import NDData
from regions import CirclePixelRegion, PixCoord

from imviz import Imviz
from imviz.errors import InputError
from imviz.plugin import fields


@pytest.fixture
def imviz():
    """Two images of ones and twos per pixel, three circles."""
    imviz = Imviz()
    for label, value in (("ones", 1.0), ("twos", 2.0)):
        imviz.load_data(NDData(np.full((60, 80), value), unit=u.ct), data_label=label)
    imviz.load_regions([CirclePixelRegion(PixCoord(20 * n, 30), n) for n in (1, 2, 3)])
    imviz.plugins["Aperture Photometry"].background = "Manual"
    return imviz


def sums(imviz):
    table = imviz.get_aperture_photometry_results()
    return {(row["data_label"], row["subset_label"]): row["sum"].value for row in table}


def test_without_a_choice_all_regions_are_measured_on_the_image_of_the_form(imviz):
    plugin = imviz.plugins["Aperture Photometry"]
    plugin.dataset = "twos"
    assert plugin.many_told == "3 regions on 1 image"
    assert list(plugin.measure_many())[-1] == 1
    assert sums(imviz) == pytest.approx({("twos", f"Subset {n}"): 2 * np.pi * n**2 for n in (1, 2, 3)})
    assert plugin.message == "3 of 3 measured."
    imviz.undo()
    assert imviz.get_aperture_photometry_results() is None


def test_the_background_region_is_not_measured_unless_chosen(imviz):
    plugin = imviz.plugins["Aperture Photometry"]
    plugin.background = "Subset 3"
    assert plugin.many_told == "2 regions on 1 image"
    plugin.apertures = "*"
    assert plugin.many_told == "3 regions on 1 image"


def test_older_notebooks_choose_several_by_lists(imviz):
    plugin = imviz.plugins["Aperture Photometry"]
    plugin.multiselect = True
    plugin.dataset, plugin.aperture = ["ones", "twos"], ["Subset 1", "Subset 3"]
    assert plugin.many_told == "2 regions on 2 images"
    assert plugin.unpack_batch_options()[0] == {"dataset": "ones", "aperture": "Subset 1"}
    plugin.calculate_batch_photometry()
    expected = {
        (image, f"Subset {n}"): value * np.pi * n**2
        for image, value in (("ones", 1), ("twos", 2))
        for n in (1, 3)
    }
    assert sums(imviz) == pytest.approx(expected)


def test_what_fails_is_named_and_the_others_kept(imviz):
    imviz.load_data(np.full((5, 5), 1.0), data_label="small")
    plugin = imviz.plugins["Aperture Photometry"]
    plugin.datasets = ["ones", "small"]
    list(plugin.measure_many())
    assert {label for label, _ in sums(imviz)} >= {"ones"}
    assert plugin.message.startswith("3 of 6 measured. 3 failed.")
    assert {line["function"] for line in plugin.failures} == {f"Subset {n} on small" for n in (1, 2, 3)}


def test_ended_early_it_keeps_what_it_has(imviz):
    plugin = imviz.plugins["Aperture Photometry"]
    plugin.datasets = "*"
    work = plugin.measure_many()
    assert next(work) == 0.5
    work.close()
    assert plugin.message == "3 of 6 measured."
    assert {label for label, _ in sums(imviz)} == {"ones"}


def test_with_nothing_to_measure_it_says_what_to_do():
    plugin = Imviz().plugins["Aperture Photometry"]
    assert plugin.many_told == ""
    with pytest.raises(InputError, match="Open an image first"):
        list(plugin.measure_many())


def test_options_by_place_are_those_by_name(imviz):
    plugin = imviz.plugins["Aperture Photometry"]
    row, _ = plugin.calculate_photometry("ones", "Subset 2", "Manual", 0.25)
    assert row["sum"][0].value == pytest.approx(0.75 * np.pi * 4)
    with pytest.raises(TypeError, match="takes 5 more values by place"):
        plugin.calculate_photometry("ones", "Subset 2", "Manual", 0.25, None, None, None, None)


def test_how_often_a_choice_is_asked_for_does_not_grow_with_the_regions(imviz, monkeypatch):
    """Each answer has all the regions in it: one of many deleted must not ask for as many."""
    asked, answer = [], fields.Chosen
    monkeypatch.setattr(fields, "Chosen", lambda *given: asked.append(1) or answer(*given))
    counts = []
    for _ in range(2):
        imviz.load_regions([CirclePixelRegion(PixCoord(30, 30), 2)] * 40)
        asked.clear()
        imviz.app.session.remove_region("Subset 3" if not counts else "Subset 4")
        counts.append(len(asked))
    assert counts[0] == counts[1] > 0
