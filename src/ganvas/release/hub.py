"""Bundles on the Hugging Face Hub: one model repository per bundle, one commit per publication.

A commit is atomic and the Hub keeps all of them, so a rollback publishes the files of an earlier commit again.
``README.md`` is the model card in the Hub's form; everything else is the bundle as it is.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from ganvas.bundle import MANIFEST, Bundle, read_bundle
from ganvas.bundle.read import parse_manifest
from ganvas.errors import UserError
from ganvas.evaluate.protocol import Subset
from ganvas.release.hub_card import hub_card
from ganvas.release.publish import Publication, decide, restored
from ganvas.version import __version__

_ADDRESS = re.compile(r"hf:/{1,2}(?P<name>[\w.-]+/[\w.-]+?)(@(?P<revision>[^@\s]+))?/?", re.ASCII)
MOST_COMMITS = 50  # searched for an earlier bundle


class Repository(NamedTuple):
    """A model repository, and a revision of it where one is named."""

    name: str
    revision: str | None

    def __str__(self) -> str:
        return f"hf://{self.name}" + (f"@{self.revision}" if self.revision else "")


def is_repository(address: str) -> bool:
    """Whether an address is one of the Hub."""
    return address.startswith("hf:")


def repository(address: str) -> Repository:
    """Read an address.

    Raises:
        UserError: It is not ``hf://OWNER/NAME`` or ``hf://OWNER/NAME@REVISION``.
    """
    found = _ADDRESS.fullmatch(address)
    if found is None:
        raise UserError(f"{address} is no repository of the Hub; write hf://OWNER/NAME.")
    return Repository(found["name"], found["revision"])


def publish(
    bundle: Bundle,
    address: str,
    *,
    metric: str | None = None,
    pictures: Subset | None = None,
    private: bool = False,
    licence: str | None = None,
) -> Publication:
    """Publish a bundle as one commit, with its card in the Hub's form.

    Args:
        bundle: A verified bundle.
        address: ``hf://OWNER/NAME``; the repository is made where it does not exist.
        metric: See :func:`ganvas.release.publish.decide`.
        pictures: See there.
        private: A repository that is made is private.
        licence: The model's licence by its identifier on the Hub, such as ``cc-by-4.0``; None: ``other``.

    Raises:
        UserError: The ``hub`` extra or the permission is missing, or the Hub cannot be reached.
    """
    place = repository(address)
    if place.revision is not None:
        raise UserError(f"A bundle is published to the main branch; leave out @{place.revision}.")
    api = _api()
    with _failing(place, "written"):
        before = _manifest(api, place.name, "main")
        decided = decide(bundle, before, str(place), metric, pictures)
        if decided.state == "published":
            api.create_repo(place.name, private=private, exist_ok=True)
            _commit(api, place.name, bundle, licence, f"Publish {bundle.info.name} at {bundle.info.kimg:g} kimg")
    return decided


def rollback(address: str) -> Publication:
    """Publish the bundle of the newest commit that had another one.

    Raises:
        UserError: There is none, or the Hub cannot be reached.
    """
    place, api = repository(address), _api()
    with _failing(place, "written"):
        present = _manifest(api, place.name, "main")
        if present is None:
            raise UserError(f"There is no bundle in {place}; check the address.")
        for commit in api.list_repo_commits(place.name)[1:MOST_COMMITS]:
            earlier = _manifest(api, place.name, commit.commit_id)
            if earlier is None or earlier.fingerprint == present.fingerprint:
                continue
            with tempfile.TemporaryDirectory(prefix="ganvas-rollback-") as scratch:
                before = _download(api, place.name, commit.commit_id, Path(scratch) / "bundle")
                _commit(api, place.name, before, None, f"Roll back to {commit.commit_id[:8]}")
            return Publication("published", str(place), restored(earlier, present))
    raise UserError(f"No earlier bundle is in {place}: `ganvas publish` has replaced none there.")


def fetch(address: str, folder: Path) -> Bundle:
    """Download a bundle; all of its files are those of one commit.

    Args:
        address: ``hf://OWNER/NAME``, or with ``@REVISION`` a branch, tag or commit.
        folder: Is made, and filled with the bundle.

    Raises:
        UserError: There is no bundle, a file differs from what was published, or the Hub cannot be reached.
    """
    place, api = repository(address), _api()
    with _failing(place, "read"):
        commit = api.model_info(place.name, revision=place.revision or "main").sha
        return _download(api, place.name, commit, folder)


def _api() -> Any:
    try:
        from huggingface_hub import HfApi
        from huggingface_hub.utils.tqdm import disable_progress_bars
    except ImportError:
        raise UserError("The Hugging Face Hub needs the extra: run `pip install 'ganvas[hub]'`.") from None
    disable_progress_bars()
    return HfApi(endpoint=os.environ.get("HF_ENDPOINT"), library_name="ganvas", library_version=__version__)


@contextmanager
def _failing(place: Repository, done: str) -> Iterator[None]:
    """Turn what the library raises into a sentence."""
    from huggingface_hub import errors

    try:
        yield
    except UserError:
        raise
    except errors.RepositoryNotFoundError:
        raise UserError(
            f"{place} does not exist or is not open to you; check the address, or sign in with `hf auth login` or "
            "HF_TOKEN."
        ) from None
    except errors.RevisionNotFoundError:
        raise UserError(f"{place} has no such revision; leave it out, or name a branch, tag or commit.") from None
    except Exception as error:  # noqa: BLE001 - of the library, of its HTTP client and of the system
        status = getattr(getattr(error, "response", None), "status_code", None)
        if status in (401, 403):
            raise UserError(
                f"{place} cannot be {done} without permission; sign in with `hf auth login`, or set HF_TOKEN to a "
                "token that may write."
            ) from None
        words = " ".join(str(error.__cause__ or error).split()) or type(error).__name__
        raise UserError(f"{place} cannot be {done} ({words[:160]}); try again, or check HF_ENDPOINT.") from None


def _file(api: Any, name: str, file: str, revision: str, scratch: Path) -> Path | None:
    from huggingface_hub.errors import EntryNotFoundError

    try:
        return Path(api.hf_hub_download(name, file, revision=revision, local_dir=scratch))
    except EntryNotFoundError:
        return None


def _manifest(api: Any, name: str, revision: str) -> Bundle | None:
    """The manifest of a revision, None where the repository or the file is missing."""
    from huggingface_hub.errors import RepositoryNotFoundError, RevisionNotFoundError

    with tempfile.TemporaryDirectory(prefix="ganvas-hub-") as scratch:
        try:
            found = _file(api, name, MANIFEST, revision, Path(scratch))
        except (RepositoryNotFoundError, RevisionNotFoundError):
            return None  # not made yet, or empty
        return None if found is None else parse_manifest(found.read_bytes(), Path(name))


def _download(api: Any, name: str, revision: str, folder: Path) -> Bundle:
    described = _manifest(api, name, revision)
    if described is None:
        raise UserError(f"There is no bundle in hf://{name}; check the address.")
    with tempfile.TemporaryDirectory(prefix="ganvas-hub-") as scratch:
        folder.mkdir()
        for file in (MANIFEST, *described.info.files):
            if Path(file).name != file:
                raise UserError(f"The bundle in hf://{name} names the file {file}, which no bundle may; do not use it.")
            found = _file(api, name, file, revision, Path(scratch))
            if found is not None:
                shutil.move(found, folder / file)
    return read_bundle(folder)


def _commit(api: Any, name: str, bundle: Bundle, licence: str | None, message: str) -> None:
    """Replace all files of the repository by those of a bundle and its card."""
    with tempfile.TemporaryDirectory(prefix="ganvas-hub-") as scratch:
        for file in (MANIFEST, *bundle.info.files):
            shutil.copyfile(bundle.path / file, Path(scratch) / file)
        card = hub_card(bundle, f"hf://{name}", licence)
        (Path(scratch) / "README.md").write_text(card, encoding="utf-8")
        api.upload_folder(repo_id=name, folder_path=scratch, commit_message=message, delete_patterns="*")
