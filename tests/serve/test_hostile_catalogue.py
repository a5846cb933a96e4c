"""Symbolic links in a catalogue lead nowhere: neither a file outside is served, nor is one written there."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from PIL import Image
from support.database import filled
from support.studio import served

from ganvas.curate.catalog import Catalog
from ganvas.serve.app import create_app
from ganvas.serve.core.settings import StudioSettings

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs symbolic links")


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with filled(tmp_path / "catalogue", None, 2) as opened:
        yield opened


@pytest.fixture
def client(catalog: Catalog) -> Iterator[httpx.Client]:
    with served(create_app(settings=StudioSettings(catalog=catalog))) as (opened, _):
        yield opened


def secret(folder: Path) -> Path:
    path = folder / "secret.png"
    Image.new("RGB", (64, 64), "red").save(path)
    return path


def test_an_original_that_is_a_link_is_missing(client: httpx.Client, catalog: Catalog, tmp_path: Path) -> None:
    image = catalog.image(1)
    assert image is not None
    image.path.unlink()
    image.path.symlink_to(secret(tmp_path))
    answer = client.get("/v1/pictures/1/thumbnail")
    assert answer.status_code == 404
    assert answer.json()["code"] == "picture-file-missing"
    assert client.get("/v1/pictures/2/thumbnail").status_code == 200


def test_a_folder_of_originals_that_is_a_link_is_not_followed(
    client: httpx.Client, catalog: Catalog, tmp_path: Path
) -> None:
    image = catalog.image(1)
    assert image is not None
    image.path.parent.rename(tmp_path / "elsewhere")
    image.path.parent.symlink_to(tmp_path / "elsewhere")
    assert client.get("/v1/pictures/1/thumbnail").status_code == 404


def test_a_thumbnail_that_is_a_link_is_made_again(client: httpx.Client, catalog: Catalog, tmp_path: Path) -> None:
    image = catalog.image(1)
    assert image is not None
    made = client.get("/v1/pictures/1/thumbnail").content
    path = catalog.thumbnails.root / "256" / image.sha256[:2] / f"{image.sha256}.webp"
    path.unlink()
    (tmp_path / "passwords").write_text("root:x:0:0")
    path.symlink_to(tmp_path / "passwords")
    answer = client.get("/v1/pictures/1/thumbnail")
    assert answer.content == made
    assert Image.open(io.BytesIO(answer.content)).format == "WEBP"
    assert (tmp_path / "passwords").read_text() == "root:x:0:0"


def test_nothing_is_written_through_a_folder_that_is_a_link(
    client: httpx.Client, catalog: Catalog, tmp_path: Path
) -> None:
    (tmp_path / "home").mkdir()
    catalog.thumbnails.root.mkdir(exist_ok=True)
    (catalog.thumbnails.root / "256").symlink_to(tmp_path / "home")
    assert client.get("/v1/pictures/1/thumbnail").status_code == 404
    assert list((tmp_path / "home").iterdir()) == []
