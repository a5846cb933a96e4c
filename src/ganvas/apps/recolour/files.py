"""Recolours pictures while they are written to files."""

from __future__ import annotations

from collections.abc import Iterator

from ganvas.apps.recolour.colours import REGIONS, Colours, Recoloured, Region, encode_recoloured
from ganvas.curate.images.decode import encode_png
from ganvas.inference.images import ImageStream, NamedImage

NAMED = 5  # pictures that a sentence names


class Recolouring:
    """Moves regions of named pictures to colours, and remembers which were not found.

    Args:
        colours: By region; without any, pictures pass unchanged and no network is loaded.
        made_by: For the metadata, such as ``Made by the model NAME``.

    Raises:
        UserError: There are colours, and an extra is not installed.
    """

    def __init__(self, colours: Colours, made_by: str) -> None:
        self._colours = colours
        self._made_by = made_by
        self._missing: dict[str, tuple[Region, ...]] = {}
        if colours:
            import ganvas.curate.faces  # noqa: F401 - its error names the missing extra

    def of(self, stream: ImageStream) -> ImageStream:
        """The pictures of a stream, recoloured while they are read."""
        return stream._replace(images=self._recoloured(stream.images)) if self._colours else stream

    def encode(self, image: NamedImage) -> bytes:
        """A picture of the stream as PNG; where colours were changed, its XMP says so."""
        if not self._colours:
            return encode_png(image.pixels)
        done = Recoloured(image.pixels, self._missing.get(image.name, ()))
        return encode_recoloured(done, self._colours, self._made_by)

    def sentences(self) -> list[str]:
        """Which regions were not found in which pictures, with counts and the first names."""
        said = []
        for region in REGIONS:
            names = [name for name, missing in self._missing.items() if region in missing]
            if names:
                count = "1 picture" if len(names) == 1 else f"{len(names):,} pictures"
                more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
                said.append(f"The {region} was not found in {count} and keeps its colour: {_listed(names)}{more}.")
        return said

    def _recoloured(self, images: Iterator[NamedImage]) -> Iterator[NamedImage]:
        from ganvas.apps.recolour.recolour import recolour
        from ganvas.curate.faces import FaceReader

        reader = FaceReader()
        for image in images:
            done = recolour(image.pixels, self._colours, reader)
            if done.missing:
                self._missing[image.name] = done.missing
            yield image._replace(pixels=done.picture)


def _listed(names: list[str]) -> str:
    return ", ".join(names[:NAMED])
