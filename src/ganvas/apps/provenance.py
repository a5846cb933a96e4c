"""Marks that say how a picture was made: XMP metadata in PNG, JPEG and WebP files, and optionally a visible line.

The mark is plain XMP, not a signed C2PA manifest: anybody can remove or alter it. It states the digital source type in
the vocabulary of the IPTC (https://cv.iptc.org/newscodes/digitalsourcetype/), which search engines and social networks
read.
"""

from __future__ import annotations

import io
from typing import Any, Literal
from xml.sax.saxutils import escape

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont
from PIL.PngImagePlugin import PngInfo

from ganvas.version import __version__

Pixels = npt.NDArray[np.uint8]

# made    drawn by a model alone
# edited  a photograph that a model changed, or in which a part is drawn by a model
# drawn   drawn by a program from measurements, without a generative model
# altered a photograph that a program changed, without a generative model
Origin = Literal["made", "edited", "drawn", "altered"]
SOURCE_TYPES: dict[Origin, str] = {
    "made": "trainedAlgorithmicMedia",
    "edited": "compositeWithTrainedAlgorithmicMedia",
    "drawn": "algorithmicMedia",
    "altered": "algorithmicallyEnhanced",
}
_VOCABULARY = "http://cv.iptc.org/newscodes/digitalsourcetype/"
_PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">
<xmp:CreatorTool>{tool}</xmp:CreatorTool>
<Iptc4xmpExt:DigitalSourceType>{source}</Iptc4xmpExt:DigitalSourceType>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{text}</rdf:li></rdf:Alt></dc:description>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""
_FORMATS = ("PNG", "JPEG", "WEBP")


def xmp_packet(origin: Origin, description: str) -> bytes:
    """The XMP packet of a picture, UTF-8.

    Args:
        origin: How the picture was made.
        description: What made it from what, such as ``Drawn by NAME, which learned from SOURCE``.
    """
    source = _VOCABULARY + SOURCE_TYPES[origin]
    return _PACKET.format(tool=f"Ganvas {__version__}", source=source, text=escape(description)).encode()


def encode_marked(
    picture: Pixels | Image.Image, origin: Origin, description: str, kind: str = "PNG", **options: Any
) -> bytes:
    """A picture as a file that carries the mark.

    Args:
        picture: uint8 [H, W, 3], or an image.
        origin: See :func:`xmp_packet`.
        description: See :func:`xmp_packet`.
        kind: ``PNG``, ``JPEG`` or ``WEBP``.
        options: Of Pillow's ``save``, such as ``quality`` or ``dpi``.

    Raises:
        ValueError: The format carries no XMP here.
    """
    if kind not in _FORMATS:
        raise ValueError(f"marks are written to {', '.join(_FORMATS)}, not to {kind}")
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    packet, content = xmp_packet(origin, description), io.BytesIO()
    if kind == "PNG":
        texts = PngInfo()
        texts.add_itxt("XML:com.adobe.xmp", packet.decode())
        image.save(content, kind, pnginfo=texts, **options)
    else:
        image.save(content, kind, xmp=packet, **options)
    return content.getvalue()


def with_visible_mark(picture: Image.Image, text: str) -> Image.Image:
    """A copy with a line of text on a strip at the lower edge, inside the picture.

    Args:
        picture: Mode RGB.
        text: Such as ``made by a model``; Latin letters.
    """
    marked = picture.convert("RGB")
    height = max(round(min(marked.size) * 0.04), 10)
    font = ImageFont.load_default(height * 0.8)
    draw = ImageDraw.Draw(marked, "RGBA")
    width = draw.textlength(text, font)
    draw.rectangle((0, marked.height - height * 1.3, width + height, marked.height), fill=(0, 0, 0, 150))
    draw.text((height / 2, marked.height - height * 0.65), text, fill="white", font=font, anchor="lm")
    return marked
