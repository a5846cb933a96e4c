"""The built pages as a browser gets them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from support.studio import served

from ganvas.serve.app import create_app

SCRIPT = "export const answer = 42;\n" * 400


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[httpx.Client]:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html><title>Ganvas</title>")
    (tmp_path / "assets" / "index-1.js").write_text(SCRIPT)
    (tmp_path / "assets" / "font-1.woff2").write_bytes(b"already compressed")
    with served(create_app(static=tmp_path)) as (client, _):
        yield client


def test_scripts_are_sent_compressed_and_are_the_same(pages: httpx.Client) -> None:
    answer = pages.get("/assets/index-1.js", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.text == SCRIPT
    assert int(answer.headers["content-length"]) < len(SCRIPT) / 5
    assert "javascript" in answer.headers["content-type"]
    assert "immutable" in answer.headers["cache-control"]
    again = pages.get("/assets/index-1.js", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_who_takes_nothing_compressed_gets_the_file(pages: httpx.Client) -> None:
    answer = pages.get("/assets/index-1.js", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in answer.headers
    assert answer.text == SCRIPT
    assert "content-encoding" not in pages.get("/assets/font-1.woff2").headers


def test_a_page_that_was_built_anew_is_sent_anew(pages: httpx.Client, tmp_path: Path) -> None:
    assert "Ganvas" in pages.get("/").text
    (tmp_path / "index.html").write_text("<!doctype html><title>Newer pages</title>")
    assert "Newer pages" in pages.get("/").text
