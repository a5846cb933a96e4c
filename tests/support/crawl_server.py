"""A web as it is: a real server on this machine that is slow, broken, lying, busy, and counts who asks for what."""

from __future__ import annotations

import gzip
import io
import json
import threading
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import numpy as np
from PIL import Image


def picture(number: int, *, size: tuple[int, int] = (40, 32), kind: str = "PNG") -> bytes:
    """The bytes of a picture that differs from those of every other number, in content and in its looks."""
    pixels = np.random.default_rng(number).integers(0, 255, (8, 8, 3), dtype=np.uint8)
    content = io.BytesIO()
    Image.fromarray(pixels).resize(size).save(content, kind)
    return content.getvalue()


def number_in(path: str) -> int:
    """The number in the last part of a path."""
    return int("".join(letter for letter in path.rsplit("/", 1)[-1] if letter.isdigit()) or 0)


class CrawlServer:
    """Serves until the context ends. ``asked`` counts the requests for each path, ``headers`` keeps the last ones.

    ``gate``: when set to a number, that picture under ``/held/`` is only answered once ``release`` is set;
    ``reached`` tells that it was asked for.
    """

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.headers: dict[str, dict[str, str]] = {}
        self.robots: str | None = ""
        self.robots_status = 200
        self.gate: int | None = None
        self.reached, self.release = threading.Event(), threading.Event()
        self._lock = threading.Lock()
        handler = type("Handler", (_Handler,), {"crawl": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self) -> CrawlServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release.set()
        self._server.shutdown()
        self._server.server_close()

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        """The address of a path; ``localhost`` is another host to a visitor."""
        return f"http://{host}:{self._server.server_port}{path}"

    def count(self, path: str) -> int:
        """Note a request; → how many there were now."""
        with self._lock:
            self.asked[path] += 1
            return self.asked[path]

    def asked_below(self, prefix: str) -> dict[str, int]:
        """The requests for all paths that begin so."""
        return {path: times for path, times in self.asked.items() if path.startswith(prefix)}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    crawl: CrawlServer

    def log_message(self, *_: Any) -> None:
        pass

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:
            self.close_connection = True  # the visitor left in the middle, as a killed one does

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        times = self.crawl.count(path)
        self.crawl.headers[path] = {name.lower(): value for name, value in self.headers.items()}
        first = path.split("/")[1]
        answer: Callable[[str, int], None] | None = getattr(self, f"_{first.replace('.', '_')}", None)
        if answer is None:
            self.send(404, b"nothing here")
        else:
            answer(path, times)

    def send(self, status: int, content: bytes, kind: str = "application/octet-stream", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(content)

    # ── Pictures, good and bad ──────────────────────────────────────────────────────────────────────────────────────

    def _pictures(self, path: str, _times: int) -> None:
        self.send(200, picture(number_in(path)), "image/png")

    def _copies(self, _path: str, _times: int) -> None:
        self.send(200, picture(0), "image/png")

    def _held(self, path: str, _times: int) -> None:
        if number_in(path) == self.crawl.gate:
            self.crawl.reached.set()
            self.crawl.release.wait(60)
        self._pictures(path, 1)

    def _lying(self, path: str, _times: int) -> None:
        if path.endswith(".png"):
            self.send(200, b"<!DOCTYPE html><title>Please log in</title>", "image/png")
        else:
            self.send(200, picture(77), "text/html")

    def _tagged(self, path: str, _times: int) -> None:
        tag = f'"{number_in(path)}"'
        if self.headers.get("If-None-Match") == tag:
            self.send_response(304)
            self.send_header("ETag", tag)
            self.end_headers()
        else:
            self.send(200, picture(number_in(path)), "image/png", ETag=tag)

    def _dated(self, path: str, _times: int) -> None:
        date = "Wed, 21 Oct 2015 07:28:00 GMT"
        if self.headers.get("If-Modified-Since") == date:
            self.send_response(304)
            self.end_headers()
        else:
            self.send(200, picture(number_in(path)), "image/png", Last_Modified=date)

    def _truncated(self, path: str, _times: int) -> None:
        self.send(200, picture(number_in(path), size=(200, 200))[:300], "image/png")

    def _svg(self, _path: str, _times: int) -> None:
        self.send(200, b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "image/png")

    def _empty(self, _path: str, _times: int) -> None:
        self.send(200, b"", "image/png")

    # ── Trouble ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _slow(self, path: str, _times: int) -> None:
        content = picture(number_in(path))
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        for byte in content:
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            if self.crawl.release.wait(0.05):
                return

    def _broken(self, path: str, times: int) -> None:
        """Breaks off in the middle; from the third time on, all is well."""
        content = picture(number_in(path))
        if times > 2:
            self.send(200, content, "image/png")
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: len(content) // 2])
        self.close_connection = True

    def _flaky(self, path: str, times: int) -> None:
        if times <= 2:
            self.send(500, b"oops")
        else:
            self._pictures(path, times)

    def _down(self, _path: str, _times: int) -> None:
        self.send(503, b"down")

    def _busy(self, path: str, times: int) -> None:
        if times == 1:
            self.send(429, b"slowly", Retry_After="7")
        else:
            self._pictures(path, times)

    def _away(self, _path: str, _times: int) -> None:
        self.send(503, b"tomorrow", Retry_After="86400")

    def _gone(self, _path: str, _times: int) -> None:
        self.send(410, b"gone")

    def _circle(self, path: str, _times: int) -> None:
        self.send(302, b"", Location="/circle/2" if path.endswith("1") else "/circle/1")

    def _stairs(self, path: str, _times: int) -> None:
        self.send(302, b"", Location=f"/stairs/{number_in(path) + 1}")

    def _moved(self, path: str, _times: int) -> None:
        self.send(301, b"", Location=f"/pictures/{number_in(path)}.png")

    def _to(self, path: str, _times: int) -> None:
        """Redirects to whatever the query says."""
        self.send(302, b"", Location=parse_qs(urlsplit(self.path).query)["url"][0])

    def _huge(self, path: str, _times: int) -> None:
        self.send_response(200)
        if path.endswith("declared"):
            self.send_header("Content-Length", str(10**12))
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        while not self.crawl.release.is_set():
            self.wfile.write(b"\x89PNG\r\n\x1a\n" * 8192)

    def _bomb(self, _path: str, _times: int) -> None:
        self.send(200, gzip.compress(bytes(50_000_000)), "image/png", Content_Encoding="gzip")

    def _zipped(self, path: str, _times: int) -> None:
        self.send(200, gzip.compress(picture(number_in(path))), "image/png", Content_Encoding="gzip")

    # ── Pages ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _robots_txt(self, _path: str, _times: int) -> None:
        if self.crawl.robots is None:
            self.send(404, b"")
        else:
            self.send(self.crawl.robots_status, self.crawl.robots.encode(), "text/plain")

    def _pages(self, path: str, _times: int) -> None:
        """Page n shows pictures 10n and 10n + 1, and leads to pages n + 1 and n + 2 and to elsewhere."""
        n = number_in(path)
        self.send(
            200,
            f"""<!doctype html><html><head><title>{n}</title></head><body>
            <img src="../pictures/{10 * n}.png">
            <img src="/pictures/small{10 * n + 1}.png" srcset="/pictures/{10 * n + 5}.png 100w,
                 /pictures/{10 * n + 1}.png 800w">
            <img src="data:image/gif;base64,R0lGODlhAQABAAAAACw="><img alt="nothing">
            <img src="/secret/{n}.png">
            <a href="{n + 1}.html#top">next</a> <a href="/pages/{n + 2}.html">after</a>
            <a href="/pages/900.html" rel="nofollow">no</a><a href="mailto:a@b.c">m</a><a href="javascript:x()">j</a>
            <a href="http://other.invalid/pages/1.html">elsewhere</a><a href="http://[broken">?</a>
            """.encode(),
            "text/html; charset=utf-8",
        )

    def _secret(self, path: str, _times: int) -> None:
        self._pictures(path, 1)

    def _keepoff(self, _path: str, _times: int) -> None:
        page = b'<meta name="robots" content="NoAI, noimageai"><img src="/pictures/1.png"><a href="/pages/1.html">x</a>'
        self.send(200, page, "text/html")

    # ── Searches, as the engines answer ─────────────────────────────────────────────────────────────────────────────

    def _hits(self, start: int, step: int) -> list[str]:
        """Twelve pictures for every word, told by the sum of its letters."""
        query = parse_qs(urlsplit(self.path).query)
        word = (query.get("q") or query.get("word") or query.get("text") or [""])[0]
        self.crawl.count(f"search:{word}")
        here = f"http://{self.headers['Host']}/pictures"
        first = 1000 + sum(map(ord, word))
        return [f"{here}/{first + number}.jpg" for number in range(start, min(start + step, 12))]

    def _images(self, _path: str, _times: int) -> None:  # Bing
        start = int(parse_qs(urlsplit(self.path).query)["first"][0])
        divs = []
        for url in self._hits(start, 20):
            told = json.dumps({"purl": url.replace("/pictures/", "/pages/"), "murl": url}, separators=(",", ":"))
            divs.append(f'<div class="imgpt"><a class="iusc" m="{told.replace(chr(34), "&quot;")}"></a></div>')
        self.send(200, "".join(divs).encode(), "text/html")

    def _search(self, path: str, _times: int) -> None:
        query = parse_qs(urlsplit(self.path).query)
        if path.endswith("/acjson"):  # Baidu
            hits = self._hits(int(query["pn"][0]), 30)
            self.send(200, json.dumps({"data": [{"hoverURL": url} for url in hits] + [{}]}).encode())
        else:  # Google
            hits = self._hits(int(query["start"][0]), 100)
            told = json.dumps([["x", [url, 40, 32]] for url in hits])
            self.send(200, f"<html><script>AF_initDataCallback({told});</script></html>".encode(), "text/html")

    def _services(self, _path: str, _times: int) -> None:  # Flickr
        query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        if query["method"] == "flickr.photos.search":
            hits = self._hits(100 * (int(query["page"]) - 1), 100)
            photos = [{"id": str(number_in(url)), "owner": "me@N1", "license": "4"} for url in hits]
            content: dict[str, Any] = {"stat": "ok", "photos": {"photo": photos}}
        else:
            here = f"http://{self.headers['Host']}/pictures"
            sizes = [
                {"label": "Thumbnail", "source": f"{here}/{quote(query['photo_id'])}_t.jpg"},
                {"label": "Large", "source": f"{here}/{quote(query['photo_id'])}.jpg"},
            ]
            content = {"stat": "ok", "sizes": {"size": sizes}}
        self.send(200, json.dumps(content).encode(), "application/json")
