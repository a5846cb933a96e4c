"""Where bundles are published: a folder, ``hf://OWNER/NAME`` of the Hugging Face Hub, or ``s3://BUCKET/FOLDER``."""

from __future__ import annotations

import tempfile
from pathlib import Path

from ganvas.bundle import read_bundle
from ganvas.curate.dataset.shards import is_url
from ganvas.errors import UserError
from ganvas.evaluate.protocol import Subset
from ganvas.release import hub, object_store
from ganvas.release import publish as folders
from ganvas.release.publish import Publication


def publish(
    source: Path,
    to: str,
    name: str | None = None,
    *,
    metric: str | None = None,
    pictures: Subset | None = None,
    private: bool = False,
    licence: str | None = None,
) -> Publication:
    """Publish a bundle to a folder, the Hub or an object store.

    Args:
        source: A bundle, or a run that was exported.
        to: The folder or address.
        name: Name of the bundle there; None: its own. On the Hub the address names it.
        metric: Replace another model only if this one is better by the metric; None: always.
        pictures: See :func:`ganvas.release.gate.figure`.
        private: Hub: a repository that is made is not public.
        licence: Hub: the licence of the model, for the card.

    Raises:
        UserError: See :func:`ganvas.release.publish.publish`; or the address cannot be reached or written.
    """
    if hub.is_repository(to):
        bundle = read_bundle(folders.exported(source))
        return hub.publish(bundle, to, metric=metric, pictures=pictures, private=private, licence=licence)
    if is_url(to):
        bundle = read_bundle(folders.exported(source))
        place = f"{to.rstrip('/')}/{folders.published_name(bundle, name)}"
        return object_store.publish(bundle, place, metric=metric, pictures=pictures)
    return folders.publish(source, Path(to), name, metric=metric, pictures=pictures)


def rollback(place: str) -> Publication:
    """Put the bundle before the present one back.

    Args:
        place: Folder or address of the published bundle itself.

    Raises:
        UserError: There is no bundle, or no earlier one is kept.
    """
    if hub.is_repository(place):
        return hub.rollback(place)
    return object_store.rollback(place) if is_url(place) else folders.rollback(Path(place))


def pull(source: str, folder: Path, name: str | None = None) -> Publication:
    """Fetch a published bundle into a folder of bundles, verified and at once.

    Args:
        source: Address of the bundle itself; ``@REVISION`` may follow that of a repository of the Hub.
        folder: The folder of bundles.
        name: Name there; None: the last part of the address.

    Raises:
        UserError: There is no bundle, a file differs from what was published, or the folder cannot be written.
    """
    called = source.rstrip("/").rpartition("/")[2].partition("@")[0] if name is None else name
    with tempfile.TemporaryDirectory(prefix="ganvas-pull-") as scratch:
        fetched = Path(scratch) / "bundle"
        try:
            if hub.is_repository(source):
                hub.fetch(source, fetched)
            elif is_url(source):
                object_store.fetch(source, fetched)
            else:
                fetched = Path(source).expanduser()
        except UserError as error:
            raise UserError(str(error).replace(str(fetched), source)) from None
        return folders.publish(fetched, folder, called)
