"""The fields of Aperture Photometry, by section of its panel: what a user sets, and what is shown.

Only declarations, apart from the plugin because its parts are handed them and not the plugin. `form` keeps
them up with the session, `settings` says which count, `recipes` makes a recipe of them.
"""

from __future__ import annotations

from astropy import units as u
from echo import CallbackProperty

from imviz.plugin import Choice, Held, Number, Plugin, Several
from imviz.science.photometry.estimators import ESTIMATORS, PLANE
from imviz.science.photometry.nearest_sky import CLIP
from imviz.science.sources.centroids import METHODS
from imviz.science.sources.source_fits import MODELS

__all__ = [
    "ANNULUS",
    "FILLED",
    "GROWTH",
    "MANUAL",
    "MODEL_NAME",
    "OPTIONS",
    "RADIAL",
    "RAW",
    "PhotometryFields",
]

MANUAL, ANNULUS = "Manual", "Annulus"
GROWTH, RADIAL, RAW = "Curve of Growth", "Radial Profile", "Radial Profile (Raw)"
MODEL_NAME = "phot_radial_profile"
AREAS = (u.arcsec**2, u.arcsec**2 / u.pix**2, u.arcsec**2 / u.pix)
FILLED = {
    "pixel_area": "pixel_area_source",
    "beam_area": "beam_area_source",
    "counts_factor": "counts_source",
    "flux_scaling": "flux_source",
    "zero_point": "zero_point_source",
    "zero_point_err": "zero_point_err_source",
    "gain": "gain_source",
    "read_noise": "read_noise_source",
    "dark": "dark_source",
    "saturation": "saturation_source",
}
"""Fields that the header may fill in, and the field that says from where."""

OPTIONS = (
    *("background", "background_value", "annulus_inner_radius", "annulus_width"),
    *("background_estimator", "sigma_clip", "mask_neighbours", "digitization"),
    *("follow_distortion", "pixel_area_map", "scale_errors"),
    *FILLED,
)
"""What one call of `calculate_photometry` may be given."""


class PhotometryFields(Plugin):
    """The fields, in the panel's order."""

    dataset = Choice(doc="The image to measure.")
    aperture = Choice(doc="The region to measure it in.")
    background = Choice(
        [ANNULUS, MANUAL], doc="What is subtracted: what an annulus or a region holds, or a typed value."
    )
    background_value = Number(0.0, doc="Background per pixel, in the image's unit.", units="background_unit")
    background_unit = CallbackProperty("", docstring="Unit of the background.")
    background_told = CallbackProperty("", docstring="What is subtracted, and how it was found, in words.")
    background_doubt = CallbackProperty(False, docstring="Whether that is not the sky around the aperture.")
    background_editable = CallbackProperty(False, docstring="Whether the background is typed by hand.")
    show_annulus = CallbackProperty(True, docstring="Whether the background is an annulus.")
    annulus_inner_radius = Number(
        doc="Inner radius of the annulus, pixels; it follows the aperture until it is typed.", units=(u.pix,)
    )
    annulus_width = Number(
        doc="Width of the annulus, pixels; it follows the aperture until it is typed.", units=(u.pix,)
    )
    background_estimator = Choice([*ESTIMATORS, PLANE], doc="How the background's pixels become one value.")
    sigma_clip = Number(
        CLIP, doc="Reject background pixels beyond so many standard deviations; None: keep all."
    )
    mask_neighbours = CallbackProperty(
        False, docstring="Whether sources in the background's region are left out."
    )

    gain = Number(doc="Electrons per data unit, for errors by the CCD equation.")
    gain_source = CallbackProperty("", docstring="Where the gain comes from.")
    read_noise = Number(doc="Read noise, electrons.", units=(u.electron,))
    read_noise_source = CallbackProperty("", docstring="Where the read noise comes from.")
    dark = Number(doc="Electrons per pixel already subtracted, whose noise stays.", units=(u.electron,))
    dark_source = CallbackProperty("", docstring="Where the electrons already subtracted come from.")
    digitization = Number(doc="The converter's step, data unit: 1 for raw counts.")
    saturation = Number(doc="Pixels at this value and above are left out.", units="background_unit")
    saturation_source = CallbackProperty("", docstring="Where the saturation comes from.")
    scale_errors = CallbackProperty(
        False, docstring="Whether errors by uncertainty or gain are brought to the scatter that the sky has."
    )
    empirical = CallbackProperty(False, docstring="Whether to find the error by empty apertures around, too.")

    follow_distortion = CallbackProperty(
        False, docstring="Whether an aperture on the sky is outlined through all of the image's WCS."
    )
    pixel_area_map = CallbackProperty(
        False, docstring="Whether each pixel counts by its own area on the sky (distorted fields)."
    )

    centroid_method = Choice(METHODS, doc="How the source's center is found when the aperture is recentred.")
    centroid_max_shift = Number(5.0, doc="Pixels that an aperture may move at most.", units=(u.pix,))
    recentre_first = CallbackProperty(False, docstring="Whether Calculate recentres the aperture first.")

    current_plot_type = Choice([GROWTH, RADIAL, RAW], doc="What the plot shows.")
    fit_available = CallbackProperty(False, docstring="Whether this plot can be fitted.")
    fit_radial_profile = CallbackProperty(False, docstring="Whether to fit the radial profile.")
    fit_model = Choice(MODELS, doc="What is fitted.")
    fit_source = CallbackProperty(False, docstring="Whether to fit the source in two dimensions, too.")
    radii = CallbackProperty("", docstring="Sizes to sum in at once, pixels, as '3, 5, 8'; '' for none.")

    pixel_area = Number(doc="Area of a pixel, arcsec²; for data per steradian.", units=AREAS)
    pixel_area_source = CallbackProperty("", docstring="Where the pixel area comes from.")
    beam_area = Number(doc="Solid angle of the beam, arcsec²; for data per beam.", units=(u.arcsec**2,))
    beam_area_source = CallbackProperty("", docstring="Where the beam's area comes from.")
    counts_factor = Number(doc="Data unit per count.", units="counts_unit")
    counts_unit = CallbackProperty("", docstring="Unit of the counts conversion factor.")
    counts_source = CallbackProperty("", docstring="Where the counts conversion factor comes from.")
    flux_scaling = Number(doc="Flux of magnitude 0, in the flux unit.")
    flux_unit = CallbackProperty("", docstring="Unit of the flux scaling.")
    flux_source = CallbackProperty("", docstring="Where the flux scaling comes from.")
    zero_point = Number(doc="AB magnitude of one data unit.", units=(u.mag, u.ABmag))
    zero_point_source = CallbackProperty("", docstring="Where the zero point comes from.")
    zero_point_err = Number(doc="Error of the zero point, magnitudes.", units=(u.mag,))
    zero_point_err_source = CallbackProperty("", docstring="Where the zero point's error comes from.")
    pivot_wavelength = Number(doc="Pivot wavelength, angstrom, for ST magnitudes.", units=(u.AA,))
    ab_minus_vega = Number(doc="AB minus Vega magnitude of the band.", units=(u.mag,))

    datasets = Several(doc="The images to measure on together; none: the one chosen above.")
    apertures = Several(doc="The regions to measure together; none: all.")
    multiselect = CallbackProperty(
        False, docstring="Whether `calculate_batch_photometry` without options measures those together."
    )
    many_told = CallbackProperty("", docstring="What would be measured, as '12 regions on 3 images'.")
    failures = CallbackProperty((), docstring="What failed of the last many, with the reasons, as texts.")

    imexam = CallbackProperty(False, docstring="Whether keys over the image measure (a r j k …: imexam).")
    log = CallbackProperty((), docstring="What the keys have measured, line by line.")
    follow_hand = CallbackProperty(
        True, docstring="Whether numbers follow an aperture while it is drawn or moved."
    )
    is_live = CallbackProperty(False, docstring="Whether what is shown is not in the table (yet).")

    is_stale = CallbackProperty(
        False, docstring="Whether what is shown was measured with other settings than there are now."
    )
    shown_of = CallbackProperty("", docstring="Which region of which image is shown, or ''.")

    can_calculate = CallbackProperty(False, docstring="Whether an image and an aperture are chosen.")
    guidance = CallbackProperty("", docstring="What to do next, or ''.")
    results = CallbackProperty((), docstring="What matters most of the last row, as texts.")
    statistics = CallbackProperty((), docstring="The rest of the last row, as texts.")
    fit_results = CallbackProperty((), docstring="The fit's parameters, as texts.")
    details = CallbackProperty((), docstring="Everything else worked out, as titles with lines of text.")
    receipt = CallbackProperty("", docstring="The last row as Python or as a paragraph, or ''.")
    plot = Held("The last profile or growth curve.")
    table = Held("All rows measured so far.")
