"""Write imviz/science/sky/footprints.json anew from pysiaf: corners of apertures in the telescope's frame.

pysiaf is large, slow to import and asks the network for newer tables, so the window has these few numbers of
it instead. Run with pysiaf installed; tests/science/test_footprints.py compares the two.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

# name -> (pysiaf's instrument, the aperture whose middle and Y axis are pointed, the apertures drawn)
SOURCES: dict[str, tuple[str, str, list[str]]] = {
    "NIRSpec": (
        "NIRSpec",
        "NRS_FULL_MSA",
        [
            *(f"NRS_FULL_MSA{n}" for n in (1, 2, 3, 4)),
            "NRS_FULL_IFU",
            *(f"NRS_{name}_SLIT" for name in ("S200A1", "S200A2", "S400A1", "S1600A1", "S200B1")),
        ],
    ),
    "NIRCam:short": ("NIRCam", "NRCALL_FULL", [f"NRC{side}{n}_FULL" for side in "AB" for n in (1, 2, 3, 4)]),
    "NIRCam:long": ("NIRCam", "NRCALL_FULL", ["NRCA5_FULL", "NRCB5_FULL"]),
    "NIRISS": ("NIRISS", "NIS_AMIFULL", ["NIS_AMIFULL"]),
    "MIRI": ("MIRI", "MIRIM_FULL", ["MIRIM_FULL"]),
    "FGS": ("FGS", "FGS1_FULL", ["FGS1_FULL", "FGS2_FULL"]),
    "Roman WFI": ("Roman", "WFI_CEN", [f"WFI{n:02}_FULL" for n in range(1, 19)]),
    "Roman CGI": ("Roman", "CGI_CEN", ["CGI_CEN"]),
    "HST WFC3/UVIS": ("HST", "IUVIS", ["IUVIS1", "IUVIS2"]),
    "HST WFC3/IR": ("HST", "IIR", ["IIR"]),
    "HST ACS/WFC": ("HST", "JWFC", ["JWFC1", "JWFC2"]),
}
TARGET = Path(__file__).parent.parent / "imviz/science/sky/footprints.json"


def corners(aperture: Any) -> list[list[float]]:
    """V2 and V3 of an aperture's corners, arcsec."""
    points = np.transpose(aperture.corners("tel", rederive=False))
    return [[round(float(v2), 4), round(float(v3), 4)] for v2, v3 in points]


def main() -> None:
    """Write the file."""
    import pysiaf

    source = f"pysiaf {pysiaf.__version__}, JWST {pysiaf.JWST_PRD_VERSION}"
    found: dict[str, Any] = {"source": source, "presets": {}}
    for name, (instrument, full, apertures) in SOURCES.items():
        siaf = pysiaf.Siaf(instrument)
        at = siaf[full].V2Ref, siaf[full].V3Ref  # what Roman points; of the others, the middle of the field
        centre = at if instrument == "Roman" else np.mean(corners(siaf[full]), axis=0)
        found["presets"][name] = {
            "centre": [round(float(one), 4) for one in centre],
            "y_angle": round(float(siaf[full].V3IdlYAngle), 6),
            "apertures": {each: corners(siaf[each]) for each in apertures},
        }
    TARGET.write_text(json.dumps(found, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
