"""What the bits of quality images are called, mission by mission, and which mean *bad* unless told otherwise.

Most bits tell a pixel's history, not that its value is wrong. Names and values are the missions' own
(JWST and Roman: their calibration pipelines' ``dqflags``; HST: the instruments' data handbooks; Rubin:
numbered in each header; DECam: the community pipeline's and DES's; ZTF: the science data system's
explanatory supplement; Euclid: the data product description). Documented for users in ``docs/import.md``;
changed by them with `imviz.readers.quality.quality.Quality.bad`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["MISSIONS", "Flags", "flags_of"]


@dataclass(frozen=True, slots=True)
class Flags:
    """The bits of one mission's (or instrument's) quality images.

    Attributes
    ----------
    mission
        Its name, as users say it to change what is bad.
    values
        Name to value (one bit).
    harmless
        Names of bits that do not spoil a pixel. Every other bit does, also one without a name.
    bad
        If not empty: the only names that do.
    codes
        Whether a value is one of these numbers, rather than a sum of them.
    """

    mission: str
    values: Mapping[str, int] = field(default_factory=dict)
    harmless: tuple[str, ...] = ()
    bad: tuple[str, ...] = ()
    codes: bool = False

    def decode(self, value: int) -> tuple[str, ...]:
        """The names that a value stands for; a bit without one goes by its number."""
        if self.codes:
            named = tuple(name for name, code in self.values.items() if code == value)
            return named or ((f"code {value}",) if value else ())
        names = {bit: name for name, bit in self.values.items()}
        bits = [1 << n for n in range(64) if value >> n & 1]
        return tuple(names.get(bit, f"bit {bit.bit_length() - 1}") for bit in bits)


def _counted(*names: str) -> dict[str, int]:
    """Names of the bits from the lowest; an empty one is not used."""
    return {name: 1 << n for n, name in enumerate(names) if name}


_DETECTORS = (
    "UNRELIABLE_ERROR",
    *("NON_SCIENCE", "DEAD", "HOT", "WARM", "LOW_QE", "RC", "TELEGRAPH", "NONLINEAR", "BAD_REF_PIXEL"),
    *("NO_FLAT_FIELD", "NO_GAIN_VALUE", "NO_LIN_CORR", "NO_SAT_CHECK", "UNRELIABLE_BIAS"),
    *("UNRELIABLE_DARK", "UNRELIABLE_SLOPE", "UNRELIABLE_FLAT"),
)
_JWST = _counted(
    *("DO_NOT_USE", "SATURATED", "JUMP_DET", "DROPOUT", "OUTLIER", "PERSISTENCE", "AD_FLOOR", "CHARGELOSS"),
    *("RESERVED", *_DETECTORS[1:], "OPEN", "ADJ_OPEN", "FLUX_ESTIMATED", "MSA_FAILED_OPEN"),
    *("OTHER_BAD_PIXEL", "REFERENCE_PIXEL"),
)
_ROMAN = _counted(
    *("DO_NOT_USE", "SATURATED", "JUMP_DET", "DROPOUT", "GW_AFFECTED_DATA", "PERSISTENCE", "AD_FLOOR"),
    *("OUTLIER", *("" if name == "RC" else name for name in _DETECTORS), "", "", "UNRELIABLE_RESET", ""),
    *("OTHER_BAD_PIXEL", "REFERENCE_PIXEL"),
)
_CCD = ("REED_SOLOMON", "REPLACED", "BAD_PIXEL", "APERTURE", "HOT", "UNSTABLE", "WARM", "BAD_COLUMN")
_CCD_END = ("COSMIC_RAY_DRIZZLE", "COSMIC_RAY", "GHOST")
_ACS = _counted(*_CCD, "FULL_WELL", "BAD_REFERENCE", "CHARGE_TRAP", "AD_SATURATED", *_CCD_END)
_UVIS = _counted(*_CCD, "FULL_WELL", "BAD_FLAT", "CHARGE_TRAP", "AD_SATURATED", *_CCD_END)
_IR = _counted(
    *("REED_SOLOMON", "REPLACED", "BAD_PIXEL", "DEVIANT_ZERO", "HOT", "UNSTABLE", "WARM", "BAD_REFERENCE"),
    *("FULL_WELL", "BLOB", "RESERVED", "ZERO_SIGNAL", "COSMIC_RAY_DRIZZLE", "COSMIC_RAY", "CROSSTALK"),
)
_WFPC2 = _counted(
    *("REED_SOLOMON", "CALIBRATION_DEFECT", "PERMANENT_DEFECT", "SATURATED", "MISSING", "BAD", "", ""),
    *("CHARGE_TRAP", "UNREPAIRED_WARM", "REPAIRED_WARM", "", "COSMIC_RAY"),
)
_NICMOS = _counted(
    *(
        "REED_SOLOMON",
        "POOR_LINEARITY",
        "POOR_DARK",
        "POOR_FLAT",
        "GROT",
        "DEFECTIVE",
        "SATURATED",
        "MISSING",
    ),
    *("BAD_CALIBRATION", "COSMIC_RAY", "SOURCE", "ZEROTH_READ_SIGNAL", "COSMIC_RAY_CORRECTED"),
)
_VIS = _counted(
    *("INVALID", "HOT", "COLD", "SAT", "COSMIC", "GHOST", "QUADEDGE", "BAD_COLUMN", "BAD_CLUSTER"),
    *("CR_REGION", "", "", "OVRCOL", "EXTOBJ", "SCATLIGHT", "CHARINJ", "", "SATXTALKGHOST", "STARSIGNAL"),
    *("SATURATEDSTAR", "CTICORRECTION", "ADCMAX", "NO_DATA", "STITCHBLOCK", "OBJECTS"),
)
_ZTF = _counted(
    *("TRACK", "SOURCE", "LOW_RESPONSE", "HIGH_RESPONSE", "NOISY", "GHOST", "", "SPIKE", "SATURATED"),
    *("DEAD", "NAN", "PSF_SOURCE", "HALO"),
)
_DES = _counted(
    *("BPM", "SATURATE", "INTERP", "BADAMP", "CRAY", "STAR", "TRAIL", "EDGEBLEED", "SSXTALK", "EDGE"),
    *("STREAK", "SUSPECT", "FIXED", "NEAREDGE", "TAPEBUMP"),
)
_DECAM = ("BAD", "NO_VALUE", "SATURATED", "BLEED", "COSMIC_RAY", "LOW_WEIGHT", "DIFFERENCE", "STREAK")

UNKNOWN = Flags("unknown")
MISSIONS: dict[str, Flags] = {
    flags.mission: flags
    for flags in (
        Flags("JWST", _JWST, bad=("DO_NOT_USE",)),  # set beside each bit that spoils the value
        Flags("Roman", _ROMAN, bad=("DO_NOT_USE",)),
        Flags("HST/ACS", _ACS, harmless=("HOT", "WARM")),  # dark-subtracted
        Flags("HST/WFC3/UVIS", _UVIS, harmless=("HOT", "WARM")),
        Flags("HST/WFC3/IR", _IR, harmless=("WARM", "BLOB", "ZERO_SIGNAL", "COSMIC_RAY")),
        Flags("HST/WFPC2", _WFPC2, harmless=("REPAIRED_WARM",)),
        # both are set on sources: one names them, the other corrects for their light in the first read
        Flags("HST/NICMOS", _NICMOS, harmless=("SOURCE", "ZEROTH_READ_SIGNAL", "COSMIC_RAY_CORRECTED")),
        Flags("HST"),
        Flags("Euclid", {"INVALID": 1}, bad=("INVALID",)),  # set beside each bit that spoils the value
        Flags("Euclid/VIS", _VIS, bad=("INVALID",)),
        Flags("ZTF", _ZTF, harmless=("SOURCE", "PSF_SOURCE")),  # not defects
        Flags("DES", _DES, harmless=("STAR", "FIXED", "TAPEBUMP")),
        Flags("DECam", {name: n for n, name in enumerate(_DECAM, 1)}, codes=True),
        Flags("Rubin", bad=("BAD", "SAT", "CR", "NO_DATA")),  # numbered in the header by MP_<name>
        UNKNOWN,
    )
}
"""By mission; a name not in it: any non-zero value is bad."""
_BY_TELESCOPE = {
    name.upper(): MISSIONS[name]
    for name in sorted(MISSIONS, key=len, reverse=True)
    if name.split("/")[0] in {"JWST", "Roman", "HST", "Euclid"}
}
"""As TELESCOP, INSTRUME and DETECTOR say it, the most exact first."""


def flags_of(primary: Mapping[str, Any], header: Mapping[str, Any]) -> Flags:
    """Whose quality image this is.

    Parameters
    ----------
    primary, header
        Keywords of the primary header and of the quality extension.
    """

    def word(key: str) -> str:
        return str(primary.get(key, "")).strip().upper()

    planes = {
        key[3:]: 1 << value
        for key, value in header.items()
        if key.startswith("MP_") and type(value) is int and 0 <= value < 32
    }
    if planes:
        return Flags("Rubin", planes, bad=tuple(name for name in MISSIONS["Rubin"].bad if name in planes))
    telescope, instrument = word("TELESCOP"), word("INSTRUME")
    wanted = f"{telescope}/{instrument}", f"{telescope}/{instrument}/{word('DETECTOR')}", telescope
    found = next((flags for name, flags in _BY_TELESCOPE.items() if name in wanted), None)
    if found is not None:
        return found
    if "ZTF" in instrument or "ZTF" in telescope:
        return MISSIONS["ZTF"]
    if instrument == "DECAM":
        return MISSIONS["DES" if str(header.get("EXTNAME", "")).strip().upper() == "MSK" else "DECam"]
    return UNKNOWN
