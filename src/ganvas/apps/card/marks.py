"""The mark “made by a model” in the metadata of pictures: plain XMP with IPTC's digital source type.

It says that a trained model took part; it is not signed, as C2PA's are, and anybody can remove it.
"""

from __future__ import annotations

import io
from xml.sax.saxutils import escape

import numpy as np
import numpy.typing as npt
from PIL import Image, PngImagePlugin

SOURCES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
MADE = SOURCES + "trainedAlgorithmicMedia"  # the whole picture
COMPOSITE = SOURCES + "compositeWithTrainedAlgorithmicMedia"  # a part of it


def xmp(model: str, source_type: str = COMPOSITE) -> bytes:
    """An XMP packet that says which model drew."""
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" '
        'xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<Iptc4xmpExt:DigitalSourceType>{source_type}</Iptc4xmpExt:DigitalSourceType>"
        "<xmp:CreatorTool>Ganvas</xmp:CreatorTool>"
        f'<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{escape(sentence(model))}</rdf:li></rdf:Alt>'
        "</dc:description></rdf:Description></rdf:RDF></x:xmpmeta>"
        '<?xpacket end="w"?>'
    ).encode()


def sentence(model: str) -> str:
    """What the mark says in words."""
    return f"The portrait was drawn by the model {model}."


def marked_png(pixels: npt.NDArray[np.uint8], model: str) -> bytes:
    """A PNG of uint8 [H, W, 3 or 4] with the mark."""
    info = PngImagePlugin.PngInfo()
    info.add_itxt("XML:com.adobe.xmp", xmp(model, MADE).decode())
    info.add_text("Software", "Ganvas")
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG", pnginfo=info, compress_level=4)
    return file.getvalue()
