"""Thousands of requests, good and hostile, from thousands of people, leave nothing behind."""

from __future__ import annotations

import asyncio
import gc
import sys
from pathlib import Path
from typing import Any

from ganvas.bundle import write_bundle
from ganvas.models.families import FAMILIES
from ganvas.serve.app import create_app
from ganvas.serve.core.access_tokens import fresh_tokens
from ganvas.serve.core.memory import SECONDS, MemoryRelease
from ganvas.serve.core.settings import StudioSettings

WARM, REQUESTS = 400, 2000
GROWTH = 1000  # blocks of memory over the 2,000 requests: what each leaves behind is one at least

JSON = [(b"content-type", b"application/json")]
FORM = [(b"content-type", b"multipart/form-data; boundary=b")]


def upload(content: bytes) -> bytes:
    head = b'--b\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\n\r\n'
    return head + content + b"\r\n--b--\r\n"


def request(number: int) -> tuple[str, str, bytes, list[tuple[bytes, bytes]], bytes]:
    """A request: method, path, query, headers, body."""
    n = str(number).encode()
    kinds: list[tuple[str, str, bytes, list[tuple[bytes, bytes]], bytes]] = [
        ("GET", f"/v1/bundles/model-{number}/image.png", b"seed=1", [], b""),
        ("GET", "/v1/bundles/b/image.png", b"seed=" + b"9" * (number % 200), [], b""),
        ("GET", "/v1/bundles/b", b"", [], b""),
        ("GET", f"/nothing/{number}", b"x=" + n, [], b""),
        ("POST", "/v1/session", b"", JSON, b'{"token": "guess ' + n + b'"}'),
        ("GET", "/v1/runs", b"", [(b"cookie", b"ganvas_session=" + n * 20)], b""),
        ("POST", "/v1/bundles/b/generate", b"", JSON, b"[" * (number % 500)),
        ("POST", "/v1/bundles/p/translate", b"", FORM, upload(b"\x00junk" + n)),
        ("POST", "/v1/drawings", b"", JSON, b'{"model": "' + n + b'"}'),
        ("DELETE", f"/v1/projections/{number}", b"", [], b""),
        ("PUT", "/v1/bundles", b"", [(b"origin", b"https://evil-" + n)], b""),
        ("GET", "/v1/health", b"", [(b"host", b"evil-" + n + b".example")], b""),
    ]
    return kinds[number % len(kinds)]


async def send(app: Any, number: int) -> int:
    method, path, query, headers, body = request(number)
    client = (f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", 1)
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query,
        "root_path": "",
        "headers": headers,
        "client": client,
        "server": ("localhost", 8300),
        "state": {},
    }
    status = 0
    sent = False

    async def receive() -> dict[str, Any]:
        nonlocal sent
        if sent:
            await asyncio.Event().wait()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    async def reply(message: dict[str, Any]) -> None:
        nonlocal status
        status = message.get("status", status)

    await app(scope, receive, reply)
    return status


def test_two_thousand_requests_leave_nothing_behind(tmp_path: Path) -> None:
    for name, kind in (("b", "dcgan"), ("p", "pix2pix")):
        family = FAMILIES[kind](*FAMILIES[kind].tiny(), 1.0)
        write_bundle(tmp_path / name, family, name=name, kimg=1.0, onnx=False)
    rates = {"sign-in": "1/second", "upload": "1/second"}  # a person is remembered so long, and no longer
    settings = StudioSettings(bundles=tmp_path, tokens=fresh_tokens()[0], public=True, rates=rates)
    app = create_app(settings=settings)

    async def run() -> tuple[int, set[int]]:
        statuses = {await send(app, number) for number in range(WARM)}
        gc.collect()
        before = sys.getallocatedblocks()
        for number in range(WARM, WARM + REQUESTS):
            statuses.add(await send(app, number))
        gc.collect()
        return sys.getallocatedblocks() - before, statuses

    grown, statuses = asyncio.run(run())
    assert 500 not in statuses
    assert {200, 401, 403, 404, 415, 422} <= statuses
    assert grown < GROWTH


def test_freed_memory_is_returned_now_and_then() -> None:
    times, now = [], [0.0]
    release = MemoryRelease(times.append, lambda: now[0])
    assert release()
    assert not release(), "not for every small picture"
    now[0] += SECONDS
    assert release()
    assert times == [0, 0]
