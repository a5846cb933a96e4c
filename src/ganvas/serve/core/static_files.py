"""The pages of the studio: the files of the built web app, and index.html for every address of a page."""

from __future__ import annotations

import gzip
import mimetypes
from functools import lru_cache
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, HTMLResponse, Response
from starlette.convertors import Convertor, register_url_convertor

from ganvas.serve.core.errors import MissingError

BUILT = Path(__file__).parents[1] / "static"

_ABSENT = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Ganvas studio</title>
<style>body { font: 1rem/1.6 system-ui, sans-serif; max-width: 40rem; margin: 15vh auto; padding: 0 1rem;
  color-scheme: light dark; color: CanvasText; background: Canvas }</style></head>
<body><h1>The studio is running, but its pages are not built</h1>
<p>Run <code>make web</code> in the checkout and reload this page. An installed Ganvas contains its pages.</p>
<p>The API is available: <a href="/v1/health">health</a> · <a href="/v1/bundles">bundles</a> ·
<a href="/v1/runs">runs</a> · <a href="/v1/openapi.json">OpenAPI</a></p></body></html>
"""


class _Page(Convertor[str]):
    """A path that does not belong to the API, so that the API's own 404 and 405 remain."""

    regex = r"(?!v1(?:/|$)).*"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


_COMPRESSED = {".css", ".html", ".js", ".json", ".map", ".svg", ".txt", ".webmanifest"}
_FILES = {".css", ".html", ".ico", ".jpg", ".js", ".json", ".map", ".png", ".svg", ".txt", ".webmanifest", ".woff2"}


def install(app: FastAPI, static: Path | None, root_path: str = "") -> None:
    """Serve the pages beside the API.

    Args:
        app: The studio.
        static: Folder of the built pages; None: those of the package.
        root_path: Path below which the studio lies; empty: none.
    """
    root = (BUILT if static is None else static).resolve()

    def index() -> Response:
        # The pages name their own files as "./…", but are shown at addresses of any depth.
        text = (root / "index.html").read_text(encoding="utf-8").replace('="./', f'="{root_path}/')
        return HTMLResponse(text, headers={"Cache-Control": "no-cache"})

    register_url_convertor("page", _Page())

    @app.api_route("/{path:page}", methods=["GET", "HEAD"], include_in_schema=False)
    def page(request: Request, path: str) -> Response:
        if not (root / "index.html").is_file():
            if path:
                raise MissingError(
                    f"There is nothing at /{path}; the studio's pages are not built (run `make web`).",
                    code="pages-not-built",
                    params={"path": path},
                )
            absent = _ABSENT.replace('href="/', f'href="{root_path}/')
            return HTMLResponse(absent, headers={"Cache-Control": "no-store"})
        file = _file(root, path)
        if file == root / "index.html":
            return index()
        if file is not None:
            # Vite names the files it builds by their content, so such a file never changes.
            forever = file.parent.name == "assets"
            cache = "public, max-age=31536000, immutable" if forever else "no-cache"
            return _answer(request, file, cache)
        # The name of a model or a run may contain a dot too, so only known file extensions count.
        if path.startswith("assets/") or Path(path).suffix in _FILES:
            raise MissingError(
                f"There is no file /{path} in the studio; reload the page.", code="no-file", params={"path": path}
            )
        return index()


def _answer(request: Request, file: Path, cache: str) -> Response:
    """A file, compressed where that makes it smaller and the browser takes it."""
    headers = {"Cache-Control": cache}
    if file.suffix not in _COMPRESSED:
        return FileResponse(file, headers=headers)
    headers["Vary"] = "Accept-Encoding"
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return FileResponse(file, headers=headers)
    stat = file.stat()
    headers |= {"Content-Encoding": "gzip", "ETag": f'"{stat.st_mtime_ns:x}-{stat.st_size:x}-gzip"'}
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(_gzipped(file, stat.st_mtime_ns), media_type=kind, headers=headers)


@lru_cache(maxsize=128)
def _gzipped(file: Path, changed: int) -> bytes:
    """The content of a file, compressed. ``changed`` is when it was written, so that a new one is read anew."""
    return gzip.compress(file.read_bytes(), mtime=0)


def _file(root: Path, path: str) -> Path | None:
    """The file of a path below ``root``; None for everything else, whatever the path contains."""
    try:
        file = (root / path.lstrip("/")).resolve()
        return file if file.is_file() and file.is_relative_to(root) else None
    except (OSError, ValueError):
        return None
