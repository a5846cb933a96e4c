"""Open data sets by name: freely usable pictures, each with its licence and its credit."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ganvas.collect.archive import items_of_archive
from ganvas.collect.fetch import Fetcher, FetchError
from ganvas.collect.ingest import IncomingFile, IngestItem
from ganvas.curate.avatars import STYLES, draw_avatars
from ganvas.curate.catalog import Origin
from ganvas.errors import UserError
from ganvas.files import write_atomically

MOST_BYTES = 2_000_000_000


@dataclass(frozen=True)
class Collection:
    """An archive of pictures under a free licence."""

    name: str
    about: str
    licence: str
    archive: str  # its address; a fixed version, so that everybody gets the same pictures
    file: str  # the address of one picture, with {name}: its path below the archive's only folder
    page: str


COLLECTIONS = {
    one.name: one
    for one in (
        Collection(
            name="us-congress",
            about="official portraits of members of the United States Congress, 225 × 275 pixels",
            licence="Public domain (United States Government work)",
            archive="https://codeload.github.com/Hainish/congress-images-225x275/tar.gz/20531e981f99cd8fd42023d3e71000582f2e04c2",
            file="https://raw.githubusercontent.com/Hainish/congress-images-225x275/20531e981f99cd8fd42023d3e71000582f2e04c2/{name}",
            page="https://github.com/Hainish/congress-images-225x275",
        ),
    )
}
AVATARS = "avatars"
NAMES = (*COLLECTIONS, AVATARS)


def find(name: str) -> Collection:
    """A collection by its name.

    Raises:
        UserError: there is none of this name.
    """
    if name not in COLLECTIONS:
        raise UserError(f"There is no collection {name!r}; choose one of {', '.join(NAMES)}.")
    return COLLECTIONS[name]


async def download(collection: Collection, fetcher: Fetcher, folder: Path) -> Path:
    """Download the archive of a collection into a folder, unless it is there already.

    Raises:
        UserError: it could not be downloaded.
    """
    target = folder / f"{collection.name}.archive"
    if not target.exists():
        try:
            answer = await fetcher.get(collection.archive, size=MOST_BYTES)
        except FetchError as error:
            raise UserError(f"{collection.name} could not be fetched from {collection.page}: {error}.") from None
        if answer is not None:
            write_atomically(target, answer.content)
    return target


def items_of_collection(collection: Collection, path: Path) -> Iterator[IngestItem]:
    """The pictures of a collection's archive, each with its own address.

    Raises:
        UserError: the archive is damaged.
    """
    for item in items_of_archive(path, licence=collection.licence, label=collection.name):
        if isinstance(item, IncomingFile):
            inside = item.name.partition("/")[2] or item.name
            url = collection.file.format(name=inside)
            source = f"collection:{collection.name}"
            item = item._replace(origin=Origin(source, url, collection.page, None, collection.licence, inside))
        yield item


def avatars(
    count: int, *, size: int = 128, seed: int = 0, style: str = STYLES[0], progress: Callable[[int, int], None] | None
) -> Iterator[IngestItem]:
    """Drawn faces under CC0, made on this machine.

    Raises:
        UserError: a setting is wrong, or the extra is not installed.
    """
    with tempfile.TemporaryDirectory(prefix="ganvas-avatars-") as name:
        draw_avatars(Path(name), count, size=size, seed=seed, style=style, progress=progress)
        for path in sorted(Path(name).glob("*.png")):
            origin = Origin(
                f"collection:{AVATARS}",
                page="https://www.dicebear.com",
                licence="CC0 1.0",
                path=f"{style}/{seed}/{path.name}",
            )
            yield IncomingFile(path.name, path.read_bytes(), origin)
