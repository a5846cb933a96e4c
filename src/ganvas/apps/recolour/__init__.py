"""Hair, skin and background of a portrait in chosen colours, with their light and texture kept.

:func:`ganvas.apps.recolour.recolour.recolour` needs the extra ``faces``; what is imported here does not.
"""

from ganvas.apps.recolour.colours import (
    REGIONS,
    SWATCHES,
    Colours,
    Recoloured,
    Region,
    encode_recoloured,
    parse_colours,
)

__all__ = ["REGIONS", "SWATCHES", "Colours", "Recoloured", "Region", "encode_recoloured", "parse_colours"]
