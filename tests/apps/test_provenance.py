"""The mark of made pictures: readable in each format, and visible where it is asked for."""

from __future__ import annotations

import io
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from ganvas.apps.provenance import SOURCE_TYPES, Origin, encode_marked, with_visible_mark


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("origin", list(SOURCE_TYPES))
def test_a_mark_is_read_back(kind: str, origin: Origin) -> None:
    picture = np.full((20, 30, 3), 90, np.uint8)
    content = encode_marked(picture, origin, "Drawn by <A & B>, 모델", kind)
    with Image.open(io.BytesIO(content)) as image:
        image.load()
        assert (image.format, image.size) == (kind, (30, 20))
        packet = image.info.get("xmp") or image.info["XML:com.adobe.xmp"]
    text = packet if isinstance(packet, str) else packet.decode()
    root = ElementTree.fromstring(text[text.index("<x:xmpmeta") : text.rindex("<?xpacket")])
    texts = {element.tag.partition("}")[2]: element.text for element in root.iter()}
    assert texts["DigitalSourceType"] == f"http://cv.iptc.org/newscodes/digitalsourcetype/{SOURCE_TYPES[origin]}"
    assert texts["li"] == "Drawn by <A & B>, 모델"


def test_other_formats_are_refused() -> None:
    with pytest.raises(ValueError, match="BMP"):
        encode_marked(np.zeros((4, 4, 3), np.uint8), "made", "", "BMP")


def test_a_visible_mark_changes_the_lower_edge_alone() -> None:
    picture = Image.new("RGB", (400, 300), (200, 180, 160))
    marked = np.asarray(with_visible_mark(picture, "made by a model"))
    assert (marked[:250] == (200, 180, 160)).all()
    assert marked[284:].std() > 20
    assert np.asarray(picture).std(axis=(0, 1)).max() == 0, "the given picture stays as it is"
