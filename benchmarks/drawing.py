"""How fast a drawing is answered, and how fast and how right a large bank of sketches is searched.

    python benchmarks/drawing.py bank --count 1000000
    python benchmarks/drawing.py serve --bundle BUNDLE --strokes FOLDER --users 1 4 16

``bank`` makes codes that lie as codes of pictures do: on a smooth surface of ``--latent`` dimensions (two layers with a
tanh between, random weights) in ``--dim`` numbers, with noise of a twentieth of their deviation over it. Queries are
further codes of the same surface. The truth is an exact search.

``serve`` starts the studio in a process of its own and lets users in another one draw the files of ``--strokes``. Each
sends its drawing as it grows, a stroke more every ``--pause`` ms, and gives up what it still waits for: the newest
drawing replaces the old. A stroke's latency is the time from its end to the first portrait that shows it, which may be
that of a later stroke; ``given up`` is the share of drawings that were replaced before their portrait came. ``CPU ms``
is the processor time of the server's process for one answer (with what was given up half done): on a busy machine it
says more than the clock. The last row is how portraits are made elsewhere, on the same bundle and machine: a python
loop over the bank, eager networks, one drawing after the other without HTTP. ``--sketches N`` fills a copy of the
bundle's bank up to N with its own codes moved by a little.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import resource
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import psutil
import torch
from numpy.typing import NDArray

from ganvas.apps.code_bank import Bank, reconstruction_weights
from ganvas.bundle import Bundle, read_bundle, write_bundle
from ganvas.curate.images.decode import encode_png
from ganvas.curate.sketch.drawings import Drawing, read_drawing
from ganvas.models.batches import to_float, to_uint8
from ganvas.models.families.sketchportrait import SketchPortrait

Floats = NDArray[np.float32]
NOISE = 0.05
TEN = 10


# ── The bank ────────────────────────────────────────────────────────────────────────────────────────────────────────


def codes(count: int, dim: int, latent: int, seed: int) -> Floats:
    """``count`` codes [count, dim]; the surface is the same for every ``seed``."""
    shape = np.random.default_rng(0)
    first = (shape.normal(size=(latent, 64)) * 2 / np.sqrt(latent)).astype(np.float32)
    second = (shape.normal(size=(64, dim)) / 8).astype(np.float32)
    rng = np.random.default_rng((seed, 1))
    made = np.empty((count, dim), np.float32)
    for start in range(0, count, 50_000):
        part = made[start : start + 50_000]
        part[:] = np.tanh(rng.normal(size=(len(part), latent)).astype(np.float32) @ first) @ second
        part += NOISE * part.std() * rng.standard_normal(part.shape, np.float32)
    return made


def told(done: int, whole: int) -> None:
    print(f"\r{done / whole:4.0%} built", end="", flush=True)


def measured(name: str, search: Callable[[Floats], Any], queries: Floats, true: NDArray[np.int64]) -> str:
    """A row: one search's median and 95th percentile, by the clock and of the processor; recall of the ten nearest."""
    took, recall = [], []
    for query, right in zip(queries, true, strict=True):
        start = time.perf_counter(), time.thread_time()
        found = search(query)
        took.append((time.perf_counter() - start[0], time.thread_time() - start[1]))
        recall.append(np.isin(right, found).mean())
    clock, processor = 1000 * np.array(took).T
    times = (np.median(clock), np.quantile(clock, 0.95), np.median(processor), np.quantile(processor, 0.95))
    return f"| {name} | {' | '.join(f'{each:.2f}' for each in times)} | {np.mean(recall):.3f} |"


def bank(given: argparse.Namespace) -> None:
    import faiss

    faiss.omp_set_num_threads(1)
    vectors = codes(given.count, given.dim, given.latent, 1).astype(given.kind)
    queries = codes(given.queries, given.dim, given.latent, 2)
    lists = Bank(vectors, exact=False)
    start = time.perf_counter()
    lists.prepare(None if given.quiet else told)
    built = time.perf_counter() - start
    rows, true = [], exact_ten(vectors, queries)
    memory = f"{vectors.nbytes / 1e6:,.0f} codes + {lists.index_bytes / 1e6:,.0f} index"
    row = measured("lists", lambda query: lists.nearest(query, TEN)[0], queries, true)
    rows.append(f"{row} {built:.0f} | {memory} |")
    if given.also:
        rows += others(vectors, queries, true)
    print(
        f"\r{given.count:,} codes of {given.dim} numbers, {given.latent} latent dimensions, one thread, faiss", end=" "
    )
    print(f"{faiss.__version__}; recall by the bank's own account {lists.recall:.3f}")
    print("| search | median ms | p95 ms | median CPU ms | p95 CPU ms | recall@10 | built in s | MB |")
    print("|---|---:|---:|---:|---:|---:|---:|---|", *rows, sep="\n")
    print(f"peak memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3:,.0f} MB")


def exact_ten(vectors: NDArray[Any], queries: Floats) -> NDArray[np.int64]:
    """The ten nearest of all, by differences in float32."""
    import faiss

    kept: list[tuple[Floats, NDArray[np.int64]]] = []
    for start in range(0, len(vectors), 100_000):
        distances, ids = faiss.knn(queries, vectors[start : start + 100_000].astype(np.float32), TEN)
        kept.append((distances, ids + start))
    distances, ids = (np.concatenate(parts, 1) for parts in zip(*kept, strict=True))
    true: NDArray[np.int64] = np.take_along_axis(ids, np.argsort(distances, 1)[:, :TEN], 1)
    return true


def others(vectors: NDArray[Any], queries: Floats, true: NDArray[np.int64]) -> list[str]:
    """The exact search and a graph of the same recall, for comparison."""
    import faiss

    dim, full = vectors.shape[1], vectors.astype(np.float32)
    flat = faiss.IndexFlatL2(dim)
    flat.add(full)
    few = slice(0, 20)
    row = measured("all", lambda query: flat.search(query[None], TEN)[1][0], queries[few], true[few])
    rows = [f"{row} 0 | {full.nbytes / 1e6:,.0f} |"]
    graph = faiss.IndexHNSWFlat(dim, 16)
    graph.hnsw.efConstruction, graph.hnsw.efSearch = 40, 96
    start = time.perf_counter()
    graph.add(full)
    built = time.perf_counter() - start
    row = measured("graph (HNSW 16, 40, 96)", lambda query: graph.search(query[None], TEN)[1][0], queries, true)
    size = full.nbytes + len(full) * (2 * 16 * 4 + 16)
    return [*rows, f"{row} {built:.0f} | {size / 1e6:,.0f} |"]


# ── The studio ──────────────────────────────────────────────────────────────────────────────────────────────────────

NEIGHBOURS, OWN = 10, 0.4


def growing(folder: Path, side: int) -> list[list[NDArray[np.uint8]]]:
    """Each drawing of a folder, stroke by stroke: uint8 [side, side, 1] each."""
    files = sorted(folder.glob("*.json"))
    if not files:
        raise SystemExit(f"{folder} holds no stroke files.")
    drawings = [read_drawing(file) for file in files]
    return [[Drawing(one.marks[:n]).rendered(side) for n in range(1, len(one.marks) + 1)] for one in drawings]


def filled(opened: Bundle, place: Path, count: int) -> Bundle:
    """A copy whose bank holds ``count`` codes."""
    known = opened.code_bank()["bank"].float()
    generator = torch.Generator().manual_seed(0)
    rows = known[torch.randint(len(known), (count,), generator=generator)]
    rows = rows + 0.1 * known.std(0) * torch.randn(rows.shape, generator=generator)
    made = {"bank": rows.half()}
    return write_bundle(place, opened.load_family(), name="filled", kimg=opened.info.kimg, code_bank=made)


@contextlib.contextmanager
def studio(path: Path) -> Iterator[tuple[str, psutil.Process]]:
    """The address of a studio that serves one bundle, and its process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    in_run = (path.parent / "recipe.yaml").is_file()
    where = ["--runs", str(path.parent.parent)] if in_run else ["--bundles", str(path.parent)]
    name = path.parent.name if in_run else path.name
    server = subprocess.Popen(
        [sys.executable, "-m", "ganvas.cli", "studio", *where, "--port", str(port)], stdout=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}/v1/bundles/{name}/portrait"
    try:
        for _ in range(600):
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(address, timeout=120).is_success:
                    break
            time.sleep(0.2)
        else:
            raise SystemExit("The studio does not answer.")
        yield address, psutil.Process(server.pid)
    finally:
        server.terminate()
        server.wait()


class Person:
    """Draws one stroke after the other and waits for no portrait."""

    def __init__(self, client: httpx.AsyncClient, address: str, name: str) -> None:
        self.client, self.address, self.name = client, address, name
        self.waiting: list[float] = []  # when the strokes ended that no portrait has shown yet
        self.latencies: list[float] = []
        self.sent = self.answered = 0
        self.refusals: list[str] = []

    async def draw(self, drawings: list[list[bytes]], pause: float, until: float, first: int) -> None:
        under_way: asyncio.Task[None] | None = None
        await asyncio.sleep(pause * np.random.default_rng(first).random())  # people do not draw in step
        while time.perf_counter() < until:
            self.waiting.clear()  # another sheet of paper
            for picture in drawings[first % len(drawings)]:
                if under_way is not None and not under_way.done():
                    under_way.cancel()
                self.waiting.append(time.perf_counter())
                under_way = asyncio.create_task(self.ask(picture))
                await asyncio.sleep(pause)
                if time.perf_counter() >= until:
                    break
            await asyncio.gather(*([under_way] if under_way else []), return_exceptions=True)
            first += 1

    async def ask(self, picture: bytes) -> None:
        self.sent += 1
        form = {"k": str(NEIGHBOURS), "t": str(OWN), "shadow": "true"}
        files, headers = {"image": ("d.png", picture, "image/png")}, {"X-Asker": self.name}
        answer = await self.client.post(self.address, files=files, data=form, headers=headers)
        if not answer.is_success:
            self.refusals.append(answer.text)
            return
        now = time.perf_counter()
        self.answered += 1
        self.latencies += [now - ended for ended in self.waiting]
        self.waiting.clear()


def spent(server: psutil.Process) -> float:
    """Processor seconds of the server until now."""
    times = server.cpu_times()
    return float(times.user + times.system)


async def crowd(
    address: str, server: psutil.Process, drawings: list[list[bytes]], users: int, pause: float, seconds: float
) -> str:
    """A row: so many users for so many seconds."""
    limits = httpx.Limits(max_connections=4 * users)
    async with httpx.AsyncClient(timeout=60, limits=limits) as client:
        people = [Person(client, address, str(at)) for at in range(users)]
        start, before = time.perf_counter(), spent(server)
        await asyncio.gather(*(one.draw(drawings, pause, start + seconds, at) for at, one in enumerate(people)))
        took, processor = time.perf_counter() - start, spent(server) - before
    latencies = np.array([latency for one in people for latency in one.latencies]) * 1000
    sent, answered = sum(one.sent for one in people), sum(one.answered for one in people)
    shown = f"{np.median(latencies):.0f} | {np.quantile(latencies, 0.95):.0f}" if len(latencies) else "none |"
    refused = [text for one in people for text in one.refusals]
    if refused:
        print(f"{len(refused)} of {sent} drawings were refused, the first with: {refused[0]}", file=sys.stderr)
    given_up = 1 - (answered + len(refused)) / sent
    row = f"| studio, {users} | {sent} | {given_up:.0%} | {shown} | {answered / took:.1f}"
    return f"{row} | {1000 * processor / max(answered, 1):.0f} |"


def elsewhere(opened: Bundle, drawings: list[list[NDArray[np.uint8]]], seconds: float) -> str:
    """A python loop over the bank, eager networks, one drawing after the other."""
    family = opened.load_family()
    assert isinstance(family, SketchPortrait)
    known = opened.code_bank()["bank"].float().numpy()
    took: list[float] = []
    start, before = time.perf_counter(), time.process_time()
    for drawing in (stroke for one in drawings for stroke in one):
        began = time.perf_counter()
        with torch.no_grad():
            codes = family.codes(to_float(drawing[None]))[0].numpy()
            for part, code in enumerate(codes):
                distances = []
                for number in range(len(known)):
                    distances.append((float(np.sum(np.square(code - known[number, part]))), number))
                nearest = known[[number for _, number in sorted(distances)[:NEIGHBOURS]], part]
                codes[part] = OWN * code + (1 - OWN) * (reconstruction_weights(code, nearest) @ nearest)
            encode_png(to_uint8(family.portrait(torch.from_numpy(codes[None])))[0].numpy())
        took.append(time.perf_counter() - began)
        if time.perf_counter() - start > seconds:
            break
    times = 1000 * np.array(took)
    shown = f"{np.median(times):.0f} | {np.quantile(times, 0.95):.0f} | {1000 / times.mean():.1f}"
    shown += f" | {1000 * (time.process_time() - before) / len(took):.0f}"
    return f"| python loop, eager, 1 | {len(took)} | 0% | {shown} |"


def serve(given: argparse.Namespace) -> None:
    opened = read_bundle(given.bundle.resolve())
    with tempfile.TemporaryDirectory() as scratch:
        if given.sketches:
            opened = filled(opened, Path(scratch) / "bundles" / "filled", given.sketches)
        drawings = growing(given.strokes, opened.info.data.resolution)
        sketches = len(opened.code_bank()["bank"])
        print(f"{opened.info.data.resolution} px, {sketches:,} sketches, a stroke every {given.pause} ms")
        print("| users | drawings sent | given up | median ms | p95 ms | answers/s | CPU ms |")
        print("|---|---:|---:|---:|---:|---:|---:|")
        sent = [[encode_png(stroke) for stroke in one] for one in drawings]
        with studio(opened.path) as (address, server):
            asyncio.run(crowd(address, server, sent, 1, 0.2, 3))  # warm
            for users in given.users:
                row = asyncio.run(crowd(address, server, sent, users, given.pause / 1000, given.seconds))
                print(row, flush=True)
        print(elsewhere(opened, drawings, given.seconds))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    rooms = parser.add_subparsers(required=True)
    one = rooms.add_parser("bank", help="search in a large bank")
    one.add_argument("--count", type=int, default=100_000)
    one.add_argument("--dim", type=int, default=256)
    one.add_argument("--latent", type=int, default=24)
    one.add_argument("--queries", type=int, default=300)
    one.add_argument("--kind", choices=("float32", "float16"), default="float32", help="how the codes are held")
    one.add_argument("--also", action="store_true", help="beside the exact search and a graph")
    one.add_argument("--quiet", action="store_true")
    one.set_defaults(run=bank)
    two = rooms.add_parser("serve", help="users who draw")
    two.add_argument("--bundle", type=Path, required=True)
    two.add_argument("--strokes", type=Path, default=Path("tests/support/strokes"))
    two.add_argument("--users", type=int, nargs="+", default=[1, 4, 16])
    two.add_argument("--pause", type=float, default=400, help="milliseconds from stroke to stroke")
    two.add_argument("--seconds", type=float, default=20, help="for each row")
    two.add_argument("--sketches", type=int, default=0, help="fill the bank up to so many")
    two.set_defaults(run=serve)
    given = parser.parse_args()
    given.run(given)


if __name__ == "__main__":
    main()
