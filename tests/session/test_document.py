import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.nddata import NDData
from astropy.wcs import WCS
from regions import (
    CircleAnnulusPixelRegion,
    CirclePixelRegion,
    CircleSkyRegion,
    CompoundPixelRegion,
    PixCoord,
)

from imviz.errors import InputError
from imviz.session import Session


def celestial(scale=1e-4, angle=0.0, mirrored=False):
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = "RA---TAN", "DEC--TAN"
    wcs.wcs.crval, wcs.wcs.crpix = (10, 20), (50, 40)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    wcs.wcs.cd = scale * turn @ np.diag([1 if mirrored else -1, 1])
    return wcs


def image(wcs=None, shape=(80, 100), unit=None):
    return NDData(np.zeros(shape, "f4"), wcs=wcs, unit=unit)


@pytest.fixture
def session():
    return Session()


CIRCLE = CirclePixelRegion(PixCoord(30.0, 20.0), 5.0)


def test_images_and_regions_are_listed_in_the_order_they_came(session):
    session.add_image(image(), "b")
    session.add_image(image(), "a")
    session.add_region(CIRCLE)
    session.add_region(CIRCLE, on="a")
    assert session.images == ("b", "a")
    assert session.regions == ("Subset 1", "Subset 2")


def test_a_label_given_twice_gets_a_number_and_both_images_stay(session):
    first, second = image(), image()
    assert session.add_image(first, "a") == "a"
    assert session.add_image(second, "a") == "a (2)"
    assert session.image("a") is first
    assert session.image("a (2)") is second


def test_renaming_changes_one_label_only(session):
    session.add_image(image(), "a")
    session.add_image(image(), "a (data)")
    session.rename_image("a", "zz")
    assert session.images == ("zz", "a (data)")


def test_unknown_names_are_refused_with_what_there_is(session):
    session.add_image(image(), "a")
    with pytest.raises(InputError, match="no image 'b'; loaded: a"):
        session.image("b")
    with pytest.raises(InputError, match="none is drawn yet"):
        session.region("Subset 1")


def test_the_revision_rises_with_every_change_of_a_region(session):
    session.add_image(image(), "a")
    label = session.add_region(CIRCLE)
    before = session.revision
    session.update_region(label, CirclePixelRegion(PixCoord(31, 20), 5))
    assert session.revision > before
    assert session.region(label).center.x == 31


def test_region_labels_are_never_used_twice(session):
    session.add_image(image(), "a")
    session.remove_region(session.add_region(CIRCLE))
    assert session.add_region(CIRCLE) == "Subset 2"


def test_aligned_by_pixels_a_region_keeps_its_pixels_on_every_image(session):
    session.add_image(image(celestial()), "a")
    session.add_image(image(celestial(2e-4)), "b")
    label = session.add_region(CIRCLE, on="a")
    assert session.region(label, on="b") == CIRCLE


@pytest.mark.parametrize("mirrored", [False, True])
def test_aligned_by_wcs_a_region_goes_through_the_sky(session, mirrored):
    here, there = celestial(), celestial(2e-4, 0.3, mirrored)
    session.add_image(image(here), "a")
    session.add_image(image(there), "b")
    label = session.add_region(CIRCLE, on="a")
    session.align("wcs")
    moved = session.region(label, on="b")
    expected = there.world_to_pixel(here.pixel_to_world(30, 20))
    np.testing.assert_allclose([moved.center.x, moved.center.y], expected, atol=1e-8)
    assert moved.radius == pytest.approx(2.5, rel=1e-6)
    session.align("pixels")
    assert session.region(label, on="b") == CIRCLE


def test_an_image_without_wcs_stays_usable_when_others_are_aligned_by_wcs(session):
    session.add_image(image(celestial()), "a")
    session.add_image(image(), "plain")
    label = session.add_region(CIRCLE, on="a")
    session.align("wcs")
    assert session.region(label, on="plain") == CIRCLE


def test_removing_the_reference_image_moves_its_regions_to_the_next(session):
    here, there = celestial(), celestial(2e-4)
    session.add_image(image(here), "a")
    session.add_image(image(there), "b")
    session.align("wcs")
    label = session.add_region(CIRCLE, on="a")
    expected = session.region(label, on="b")
    session.remove_image("a")
    assert session.images == ("b",)
    assert session.region(label) == expected
    assert session.region_image(label) == "b"


def test_removing_the_last_image_keeps_the_regions(session):
    session.add_image(image(), "a")
    label = session.add_region(CIRCLE)
    session.remove_image("a")
    assert session.region(label) == CIRCLE
    session.add_image(image(), "c")
    assert session.region(label, on="c") == CIRCLE


def test_sky_regions_need_a_celestial_wcs(session):
    sky = CircleSkyRegion(SkyCoord(10, 20, unit="deg"), 1.8 * u.arcsec)
    session.add_image(image(), "plain")
    with pytest.raises(InputError, match="'plain' has no celestial WCS"):
        session.add_region(sky)
    session.add_image(image(celestial()), "a")
    placed = session.region(session.add_region(sky, on="a"))
    np.testing.assert_allclose([placed.center.x, placed.center.y], [49, 39], atol=1e-8)
    assert placed.radius == pytest.approx(5, rel=1e-6)


@pytest.mark.parametrize("mode", ["or", "and", "xor"])
def test_drawing_combines_with_the_selected_region(session, mode):
    session.add_image(image(), "a")
    first = session.draw_region(CIRCLE, on="a")
    session.combine = mode
    assert session.draw_region(CirclePixelRegion(PixCoord(33, 20), 5), on="a") == first
    assert isinstance(session.region(first), CompoundPixelRegion)


def test_removing_a_concentric_circle_leaves_an_annulus(session):
    session.add_image(image(), "a")
    label = session.draw_region(CIRCLE, on="a")
    session.combine = "remove"
    session.draw_region(CirclePixelRegion(CIRCLE.center, 2), on="a")
    assert session.region(label) == CircleAnnulusPixelRegion(CIRCLE.center, 2, 5)


def test_replace_keeps_the_label_and_new_makes_another(session):
    session.add_image(image(), "a")
    other = CirclePixelRegion(PixCoord(50, 50), 3)
    session.draw_region(CIRCLE, on="a")
    session.combine = "replace"
    session.draw_region(other, on="a")
    assert session.region("Subset 1") == other
    session.combine = "new"
    assert session.draw_region(CIRCLE, on="a") == "Subset 2"
    assert session.selected_region == "Subset 2"


def test_a_region_needs_an_image(session):
    with pytest.raises(InputError, match="load one first"):
        session.add_region(CIRCLE)


def test_alignment_takes_two_words_only(session):
    with pytest.raises(InputError, match="'sky'"):
        session.align("sky")


def test_changes_made_directly_in_glue_are_seen(session):
    session.add_image(image(), "a")
    session.add_region(CIRCLE)
    session.glue.data_collection.remove_subset_group(session.glue.data_collection.subset_groups[0])
    session.add_region(CIRCLE)
    assert session.regions == ("Subset 2",)


def test_an_image_needs_a_name(session):
    session.add_image(image(), "a")
    for name in ("", " ", None):
        with pytest.raises(InputError, match="give it a name"):
            session.rename_image("a", name)
        with pytest.raises(InputError, match="give it a name"):
            session.add_image(image(), name)
    assert session.images == ("a",)


def test_renaming_to_its_own_name_changes_nothing(session):
    session.add_image(image(), "a")
    assert session.rename_image("a", "a") == "a"


def test_an_empty_session_is_aligned_for_what_will_come(session):
    session.align("wcs")
    session.add_image(image(celestial()), "a")
    session.align("pixels")
    assert session.alignment == "pixels"


@pytest.mark.parametrize("unit", ["mag(AB)", "dex(Jy)", "mag", "Jy"])
def test_glue_takes_every_unit_and_the_image_keeps_it(session, unit):
    session.add_image(image(unit=unit), "a")
    assert session.image("a").unit == u.Unit(unit)
