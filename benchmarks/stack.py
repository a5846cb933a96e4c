"""The whole stack on this machine under load, with one of two studios killed in the middle.

    python benchmarks/stack.py --users 64 --seconds 600 --proxy nginx

Two studios, PostgreSQL, and nginx or Caddy with HTTPS below a path, by the configuration files of deploy/proxy. Each
user draws portraits, generates pictures, shares drawings and judges pictures of a catalogue, with a pause of
``--pause`` seconds on average between two requests, and sends again what failed, as the pages do. Half-way one studio
is killed (SIGKILL); ``--restart`` seconds later it starts again, as ``restart: unless-stopped`` does. At the end, every
drawing whose link somebody got and every verdict that was answered must be there; otherwise the exit code is 1.

Times are those of the users, from the request to the whole answer, waiting included. Memory is the resident memory of a
studio with its decoder processes; pages that processes share count once for each. PostgreSQL and the proxy must be
installed (`make postgresql proxies`). On a busy machine the processor time says more than the clock; it includes that
of starting and of requests that were given up.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import random
import signal
import ssl
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import psutil

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from support.database import filled, postgresql
from support.proxies import certificate, free_ports, proxy

from ganvas.curate.images.decode import encode_png
from ganvas.curate.review.review import Review
from ganvas.curate.sketch.drawings import read_drawing
from ganvas.serve.core.access_tokens import add_token

ROOT = "/ganvas"
DRAW, GENERATE = "sketch-portrait-128", "portraits-64"
PICTURES = 400
SHARES = {"draw": 0.6, "generate": 0.25, "share": 0.05, "judge": 0.1}  # of the requests
PATIENCE = 30.0  # seconds that a user waits for an answer


@dataclass
class Stack:
    """The parts of the stack.

    Attributes:
        folder: Its files.
        database: Address of the database.
        tokens: One token per user.
        ports: Ports of the studios.
        studios: Their processes.
        processor: Processor time of the studios in seconds, by process, when it was last read.
    """

    folder: Path
    database: str
    tokens: list[str]
    ports: list[int] = field(default_factory=lambda: free_ports(2))
    studios: list[subprocess.Popen[bytes]] = field(default_factory=list)
    processor: dict[int, float] = field(default_factory=dict)

    def start(self, number: int) -> subprocess.Popen[bytes]:
        """Start a studio."""
        options = {
            "--port": str(self.ports[number]),
            "--bundles": "bundles",
            "--runs": "runs",
            "--pictures": "pictures",
            "--tokens": "tokens.json",
            "--root-path": ROOT,
            "--allow-host": "localhost",
            "--proxy": "127.0.0.1",
            "--catalogue": "catalogue",
            "--database": self.database,
            "--shared": self.database,
        }
        command = [sys.executable, "-m", "ganvas.cli", "studio", *(word for pair in options.items() for word in pair)]
        with (self.folder / f"studio-{number + 1}.log").open("ab") as log:
            return subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log)

    def memory(self, number: int) -> int:
        """Resident bytes of a studio and its decoders; 0: it does not run."""
        try:
            process = psutil.Process(self.studios[number].pid)
            family = (process, *process.children(recursive=True))
            for one in family:
                times = one.cpu_times()
                self.processor[one.pid] = times.user + times.system
            return int(sum(one.memory_info().rss for one in family))
        except psutil.Error:
            return 0


@dataclass
class Record:
    """What the users saw.

    Attributes:
        seconds: Times of successful answers, by action.
        failures: Number of failures, by action and reason.
        drawings: Ids of shared drawings.
        verdicts: Pictures by user on which a verdict was answered.
    """

    seconds: dict[str, list[float]] = field(default_factory=lambda: {action: [] for action in SHARES})
    failures: Counter[tuple[str, str]] = field(default_factory=Counter)
    drawings: set[str] = field(default_factory=set)
    verdicts: dict[str, set[int]] = field(default_factory=dict)


class User:
    """A user with a token of its own, who stays with one studio while that runs."""

    def __init__(self, client: httpx.AsyncClient, name: str, sketches: list[bytes], record: Record) -> None:
        self._client, self._name, self._sketches, self._record = client, name, sketches, record
        self._random = random.Random(name)
        self._queue: list[int] = []
        record.verdicts[name] = set()

    async def act(self, action: str) -> None:
        """Do something until it succeeds, three times at most."""
        prepared = self._prepare(action)
        for _ in range(3):
            start = time.perf_counter()
            try:
                answer = await self._client.request(**prepared)
                reason = "" if answer.is_success else f"{answer.status_code} {_code(answer)}"
            except httpx.HTTPError as error:
                answer, reason = None, type(error).__name__
            if answer is not None and not reason:
                self._record.seconds[action].append(time.perf_counter() - start)
                self._keep(action, prepared, answer)
                return
            self._record.failures[action, reason] += 1
            await asyncio.sleep(1)
        self._record.failures[action, "given up after three"] += 1

    def _prepare(self, action: str) -> dict[str, Any]:
        if action == "draw":
            sketch = self._random.choice(self._sketches)
            files = {"image": ("drawing.png", sketch, "image/png")}
            return {"method": "POST", "url": f"/v1/bundles/{DRAW}/portrait", "files": files}
        if action == "generate":
            seed = self._random.randrange(2**31)
            return {"method": "GET", "url": f"/v1/bundles/{GENERATE}/image.png", "params": {"seed": seed}}
        if action == "share":
            dots = [[round(self._random.random(), 4), round(self._random.random(), 4), 1.0] for _ in range(20)]
            drawing = {
                "format": "ganvas-drawing",
                "version": 1,
                "marks": [{"tool": "pen", "width": 0.01, "dots": dots}],
            }
            return {"method": "POST", "url": "/v1/drawings", "json": {"model": DRAW, "drawing": drawing}}
        picture = self._random.choice(sorted(set(range(1, PICTURES + 1)) - self._record.verdicts[self._name]))
        verdict = {"id": picture, "verdict": "keep", "client_id": uuid.uuid4().hex}
        return {
            "method": "POST",
            "url": "/v1/review/1/verdicts",
            "json": {"reviewer": self._name, "verdicts": [verdict]},
        }

    def _keep(self, action: str, prepared: dict[str, Any], answer: httpx.Response) -> None:
        if action == "share":
            self._record.drawings.add(answer.json()["id"])
        elif action == "judge":
            for said in answer.json()["answers"]:
                if said["status"] in ("saved", "repeated"):
                    self._record.verdicts[self._name].add(said["id"])
                else:
                    self._record.failures["judge", str(said["code"])] += 1


def _code(answer: httpx.Response) -> str:
    with contextlib.suppress(ValueError, KeyError, TypeError):
        return str(answer.json()["code"])
    return "of the proxy"


@contextlib.contextmanager
def stack(users: int) -> Iterator[Stack]:
    """A database with a catalogue, tokens, and two studios."""
    with tempfile.TemporaryDirectory(prefix="ganvas-stack-") as name, postgresql() as fresh:
        folder, database = Path(name), fresh()
        with filled(folder / "catalogue", database, PICTURES) as catalog:
            Review(catalog).open_round(overlap=1.0)
        tokens = [add_token(folder / "tokens.json", "reviewer", f"user-{number}") for number in range(users)]
        made = Stack(folder, database, tokens)
        made.studios = [made.start(0), made.start(1)]
        try:
            yield made
        finally:
            for studio in made.studios:
                studio.terminate()
            for studio in made.studios:
                studio.wait(30)


async def _ready(client: httpx.AsyncClient, ports: list[int]) -> None:
    for port in ports:
        while True:
            with contextlib.suppress(httpx.HTTPError):
                if (await client.get(f"http://127.0.0.1:{port}/v1/ready")).status_code == 200:
                    break
            await asyncio.sleep(0.5)


@contextlib.asynccontextmanager
async def _users(made: Stack, url: str, trusted: ssl.SSLContext, record: Record) -> AsyncIterator[list[User]]:
    strokes = Path(__file__).parents[1] / "tests" / "support" / "strokes"
    sketches = [encode_png(read_drawing(path).rendered(256)) for path in sorted(strokes.glob("*.json"))]
    async with contextlib.AsyncExitStack() as closing:
        users = []
        for number, token in enumerate(made.tokens):
            headers = {"Authorization": f"Bearer {token}", "X-Asker": f"user-{number}"}
            client = httpx.AsyncClient(base_url=url + ROOT, verify=trusted, headers=headers, timeout=PATIENCE)
            await closing.enter_async_context(client)
            users.append(User(client, f"user-{number}", sketches, record))
        yield users


async def load(made: Stack, url: str, trusted: ssl.SSLContext, options: argparse.Namespace) -> bool:
    """Let the users work, kill a studio, print the figures; returns whether nothing was lost."""
    record, memory = Record(), [[0], [0]]
    async with httpx.AsyncClient(timeout=5) as client:
        await _ready(client, made.ports)
    print(
        f"{options.users} users, {options.seconds:g} s, {options.proxy}; load of the machine {os.getloadavg()[0]:.1f}"
    )
    end = time.monotonic() + options.seconds

    async def work(user: User, number: int) -> None:
        chance = random.Random(number)
        await asyncio.sleep(chance.uniform(0, 2 * options.pause))
        while time.monotonic() < end:
            await user.act(chance.choices(list(SHARES), list(SHARES.values()))[0])
            await asyncio.sleep(chance.uniform(0, 2 * options.pause))

    async def watch() -> None:
        while time.monotonic() < end:
            for number in (0, 1):
                memory[number].append(made.memory(number))
            await asyncio.sleep(1)

    async def kill() -> None:
        await asyncio.sleep(options.seconds / 2)
        made.studios[0].send_signal(signal.SIGKILL)
        made.studios[0].wait()
        print(f"studio 1 was killed after {options.seconds / 2:g} s")
        await asyncio.sleep(options.restart)
        made.studios[0] = made.start(0)

    async with _users(made, url, trusted, record) as users:
        await asyncio.gather(*(work(user, number) for number, user in enumerate(users)), watch(), kill())
        lost = [name for name in record.drawings if (await users[0]._client.get(f"/v1/drawings/{name}")).is_error]
    _print(record, memory)
    answers = sum(map(len, record.seconds.values()))
    print(f"{1000 * sum(made.processor.values()) / max(answers, 1):.0f} ms of processor time of the studios per answer")
    missing = _missing_verdicts(made, record)
    print(f"{len(record.drawings)} drawings shared, {len(lost)} lost", end="; ")
    print(f"{sum(map(len, record.verdicts.values()))} verdicts answered, {missing} lost")
    return not lost and not missing


def _missing_verdicts(made: Stack, record: Record) -> int:
    from sqlalchemy import select

    from ganvas.curate.catalog import Catalog
    from ganvas.curate.catalog.tables import BallotRow

    with Catalog.open(made.folder / "catalogue", made.database) as catalog, catalog.database.reading() as session:
        found = {(row.reviewer, row.image_id) for row in session.scalars(select(BallotRow).filter_by(round=1))}
    return sum((name, picture) not in found for name, pictures in record.verdicts.items() for picture in pictures)


def _print(record: Record, memory: list[list[int]]) -> None:
    print(f"{'action':10}{'answers':>9}{'p50 ms':>9}{'p95 ms':>9}{'max ms':>9}{'failures':>10}")
    for action, seconds in record.seconds.items():
        failures = sum(count for (kind, _), count in record.failures.items() if kind == action)
        p50, p95, most = (1000 * np.quantile(seconds or [0], share) for share in (0.5, 0.95, 1))
        print(f"{action:10}{len(seconds):9}{p50:9.0f}{p95:9.0f}{most:9.0f}{failures:10}")
    for (action, reason), count in record.failures.most_common():
        print(f"  {count} × {action}: {reason}")
    for number, values in enumerate(memory):
        alive = [value for value in values if value] or [0]
        print(f"studio {number + 1}: {np.median(alive) / 1e6:.0f} MB (median), {max(alive) / 1e6:.0f} MB (most)")


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--pause", type=float, default=5, help="mean time between two requests of a user, in seconds")
    parser.add_argument("--restart", type=float, default=10, help="time until the studio that was killed starts again")
    parser.add_argument("--proxy", choices=("nginx", "caddy"), default="nginx")
    options = parser.parse_args()
    with stack(options.users) as made, tempfile.TemporaryDirectory() as name:
        trusted = certificate(Path(name))
        studios = (f"127.0.0.1:{made.ports[0]}", f"127.0.0.1:{made.ports[1]}")
        with proxy(options.proxy, Path(name), studios, ROOT) as url:
            return 0 if asyncio.run(load(made, url, trusted, options)) else 1


if __name__ == "__main__":
    sys.exit(main())
