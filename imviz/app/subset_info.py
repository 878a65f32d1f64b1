"""What is known of a region, as older notebooks ask: its shape, its glue state, its place on the sky.

Nothing is kept here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imviz.science.sky.geometry import has_celestial, pixel_to_sky

if TYPE_CHECKING:
    from imviz.session import Session

__all__ = ["describe"]


def describe(session: Session, label: str, on: str | None, *, sky: bool) -> dict[str, Any]:
    """One region in pixels of an image (default: its own) and, if asked for, on the sky."""
    region, image = session.region(label, on=on), on or session.region_image(label)
    (state,) = (
        group.subset_state for group in session.glue.data_collection.subset_groups if group.label == label
    )
    wcs = session.image(image).wcs if sky and image is not None else None
    return {
        "name": type(getattr(state, "roi", region)).__name__,
        "glue_state": type(state).__name__,
        "region": region,
        "sky_region": pixel_to_sky(region, wcs) if has_celestial(wcs) else None,
        "subset_state": state,
    }
