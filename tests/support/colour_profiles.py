"""ICC profiles made from their published numbers: Display P3, Adobe RGB, a grey gamma and a small printer profile."""

from __future__ import annotations

import itertools
import struct

# The colorants of red, green and blue, adapted to D50 (X, Y, Z), as the profiles state them.
_COLORANTS = {
    "display-p3": ((0.51512, 0.2412, -0.00105), (0.29198, 0.69225, 0.04189), (0.1571, 0.06657, 0.78407)),
    "adobe-rgb": ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457)),
    "srgb": ((0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.7141)),
}
_D50 = (0.9642, 1.0, 0.8249)


def _fixed(value: float) -> bytes:
    return struct.pack(">i", round(value * 65536))


def _xyz(values: tuple[float, float, float]) -> bytes:
    return b"XYZ \0\0\0\0" + b"".join(_fixed(value) for value in values)


def _srgb_curve() -> bytes:
    parameters = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
    return b"para\0\0\0\0\0\3\0\0" + b"".join(_fixed(value) for value in parameters)


def _gamma(value: float) -> bytes:
    return b"curv\0\0\0\0\0\0\0\1" + struct.pack(">H", round(value * 256))


def _profile(kind: bytes, space: bytes, connection: bytes, tags: dict[bytes, bytes]) -> bytes:
    body, table, offset = b"", b"", 128 + 4 + 12 * len(tags)
    for name, content in tags.items():
        content += bytes(-len(content) % 4)
        table += name + struct.pack(">II", offset + len(body), len(content))
        body += content
    header = struct.pack(">I", offset + len(body)) + b"test\x04\x30\0\0" + kind + space + connection
    header += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(28)
    header += b"".join(_fixed(value) for value in _D50)
    return header + bytes(128 - len(header)) + struct.pack(">I", len(tags)) + table + body


def rgb_profile(name: str) -> bytes:
    """A matrix profile: ``display-p3`` and ``srgb`` with the curve of sRGB, ``adobe-rgb`` with gamma 2.2."""
    curve = _gamma(2.2) if name == "adobe-rgb" else _srgb_curve()
    red, green, blue = _COLORANTS[name]
    tags = {b"wtpt": _xyz(_D50), b"rXYZ": _xyz(red), b"gXYZ": _xyz(green), b"bXYZ": _xyz(blue)}
    return _profile(b"mntr", b"RGB ", b"XYZ ", tags | {b"rTRC": curve, b"gTRC": curve, b"bTRC": curve})


def grey_profile(gamma: float) -> bytes:
    """A profile of grey pictures with this gamma."""
    return _profile(b"mntr", b"GRAY", b"XYZ ", {b"wtpt": _xyz(_D50), b"kTRC": _gamma(gamma)})


def cmyk_profile(magenta_and_yellow: tuple[int, int, int]) -> bytes:
    """A printer profile whose red (magenta over yellow) has this L*, a*, b*; all other inks are neutral steps."""
    nodes = b""
    for cyan, magenta, yellow, black in itertools.product((0, 1), repeat=4):
        lightness = 100 - 25 * (cyan + magenta + yellow + black)
        lab = (lightness, 0, 0)
        if (cyan, magenta, yellow, black) == (0, 1, 1, 0):
            lab = magenta_and_yellow
        nodes += bytes([round(lab[0] * 2.55), lab[1] + 128, lab[2] + 128])
    identity = b"".join(_fixed(float(row == column)) for row in range(3) for column in range(3))
    ramp = bytes(range(256))
    table = b"mft1\0\0\0\0\x04\x03\x02\0" + identity + ramp * 4 + nodes + ramp * 3
    return _profile(b"prtr", b"CMYK", b"Lab ", {b"wtpt": _xyz(_D50), b"A2B0": table})


def press_profile() -> bytes:
    """A profile of a CMYK press that pictures can be converted to: half of the grey is black, at most 250 % ink."""
    nodes = bytearray()
    for step in itertools.product(range(9), repeat=3):
        lightness, a, b = step[0] * 12.5, step[1] * 32 - 128, step[2] * 32 - 128
        inks = [1 - value for value in _srgb_of_lab(lightness, a, b)]
        black = min(inks)
        nodes += bytes(round(255 * value) for value in (*(ink - black / 2 for ink in inks), black))
    identity = b"".join(_fixed(float(row == column)) for row in range(3) for column in range(3))
    ramp = bytes(range(256))
    to_press = b"mft1\0\0\0\0\x03\x04\x09\0" + identity + ramp * 3 + bytes(nodes) + ramp * 4
    from_press = cmyk_profile((48, 68, 48))
    start = from_press.index(b"mft1")
    return _profile(b"prtr", b"CMYK", b"Lab ", {b"wtpt": _xyz(_D50), b"A2B0": from_press[start:], b"B2A0": to_press})


def _srgb_of_lab(lightness: float, a: float, b: float) -> list[float]:
    """Lab of D50 → sRGB in [0, 1], clipped."""
    y = (lightness + 16) / 116
    curve = [
        value**3 if value > 6 / 29 else 3 * (6 / 29) ** 2 * (value - 4 / 29) for value in (y + a / 500, y, y - b / 200)
    ]
    x, y, z = (white * value for white, value in zip(_D50, curve, strict=True))
    linear = (
        3.13386 * x - 1.61687 * y - 0.49061 * z,
        -0.97877 * x + 1.91614 * y + 0.03345 * z,
        0.07195 * x - 0.22899 * y + 1.40524 * z,
    )
    bounded = [min(max(value, 0.0), 1.0) for value in linear]
    return [12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055 for value in bounded]
