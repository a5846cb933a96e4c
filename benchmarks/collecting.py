"""How many pictures a second come into a catalogue, by source, and how that grows with processes.

    python benchmarks/collecting.py --count 400 --side 512

The pictures are drawn: smooth colours under noise, JPEG at quality 90, the size of a usual download. Each row fills a
fresh catalogue (SQLite beside its store) and counts the time from the first file to the last commit: reading, decoding,
both perceptual hashes, writing the original to the disk, and the transaction. Every picture is on the disk before the
next step counts it, so the disk's speed at syncing matters as much as the processor's. The rows of several processes
include starting them, a second or two each: give them thousands of pictures to see what they bring. The web rows ask a
server on this machine, without the delay that manners want: with it, the speed is one picture a second and host.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import multiprocessing
import os
import platform
import tarfile
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
from PIL import Image

import ganvas
from ganvas.collect.crawl import Crawl, PictureUrl
from ganvas.collect.fetch import Fetcher
from ganvas.collect.ingest import Ingester, ingest_all
from ganvas.collect.local_files import items_of
from ganvas.collect.rate_limit import RateLimiter, RealClock
from ganvas.curate.catalog import Catalog


def draw(folder: Path, count: int, side: int) -> int:
    """Write ``count`` JPEG files. → their bytes."""
    folder.mkdir(parents=True)
    size = 0
    for number in range(count):
        rng = np.random.default_rng(number)
        smooth = Image.fromarray(rng.integers(0, 255, (8, 8, 3), dtype=np.uint8)).resize((side, side))
        pixels = np.asarray(smooth).astype(np.int16) + rng.integers(-6, 7, (side, side, 3), dtype=np.int16)
        content = io.BytesIO()
        Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(content, "JPEG", quality=90)
        (folder / f"{number:06d}.jpg").write_bytes(content.getvalue())
        size += content.tell()
    return size


def take_folder(source: Path, catalogue: Path, workers: int) -> None:
    """Fill a catalogue from a folder or an archive."""
    with Catalog.open(catalogue) as catalog:
        ingest_all(items_of(source), Ingester(catalog), workers=workers)


def by_processes(source: Path, catalogue: Path, processes: int) -> None:
    """Several processes, each with its share of the files, into one catalogue."""
    files = sorted(source.iterdir())
    shares = [source.parent / f"share{processes}-{index}" for index in range(processes)]
    for index, share in enumerate(shares):
        share.mkdir()
        for file in files[index::processes]:
            os.link(file, share / file.name)
    context = multiprocessing.get_context("spawn")
    started = [context.Process(target=take_folder, args=(share, catalogue, 4)) for share in shares]
    for process in started:
        process.start()
    for process in started:
        process.join()
        if process.exitcode != 0:
            raise SystemExit("a process failed")


class _Quiet(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def served(folder: Path) -> Iterator[int]:
    """A server for a folder, at every address of this machine. → its port."""
    handler = type("Handler", (_Quiet,), {})
    with ThreadingHTTPServer(("0.0.0.0", 0), lambda *given: handler(*given, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def crawl(source: Path, catalogue: Path, hosts: int, port: int) -> None:
    """Fetch every file from a server on this machine, known by several names."""
    names = [f"127.0.0.{number + 1}" for number in range(hosts)]

    async def run() -> None:
        addresses = [
            PictureUrl(f"http://{names[index % hosts]}:{port}/{file.name}")
            for index, file in enumerate(sorted(source.iterdir()))
        ]
        clock = RealClock()
        with Catalog.open(catalogue) as catalog:
            async with (
                Fetcher(RateLimiter(0.0, clock), clock=clock, private=True) as fetcher,
                Crawl(Ingester(catalog), fetcher) as crawling,
            ):
                await crawling.take(addresses)

    asyncio.run(run())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=400, help="pictures a row")
    parser.add_argument("--side", type=int, default=512, help="side of a picture, in pixels")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ganvas-bench-") as name, served(Path(name) / "pictures") as port:
        root = Path(name)
        pictures = root / "pictures"
        size = draw(pictures, given.count, given.side)
        with tarfile.open(root / "all.tar.gz", "w:gz") as archive:
            archive.add(pictures, "pictures")
        rows: list[tuple[str, Callable[[Path], None]]] = [
            (f"folder, 1 process of {threads} threads", lambda to, n=threads: take_folder(pictures, to, n))  # type: ignore[misc]
            for threads in (1, 4, 8)
        ]
        rows += [
            (f"folder, {processes} processes of 4 threads", lambda to, n=processes: by_processes(pictures, to, n))  # type: ignore[misc]
            for processes in (2, 4)
        ]
        rows += [("tar.gz, 8 threads", lambda to: take_folder(root / "all.tar.gz", to, 8))]
        rows += [
            (f"web, {hosts} hosts, no delay", lambda to, n=hosts: crawl(pictures, to, n, port))  # type: ignore[misc]
            for hosts in (1, 8)
        ]
        load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
        print(f"Ganvas {ganvas.__version__}, Python {platform.python_version()}, {os.cpu_count()} cores, load {load}")
        print(f"{given.count} JPEG pictures of {given.side} × {given.side}, {size / given.count / 1e3:.0f} kB each\n")
        print("| source | pictures a second | the same again |\n|---|---|---|")
        for index, (what, work) in enumerate(rows):
            speeds: list[float] = []
            for _ in range(2):  # the second time all are known: nothing is decoded or stored again
                start = time.perf_counter()
                if "processes" in what and speeds:
                    break
                work(root / f"catalogue{index}")
                speeds.append(given.count / (time.perf_counter() - start))
            print(
                f"| {what} | "
                + " | ".join(f"{speed:.0f}" for speed in speeds)
                + (" |" if len(speeds) == 2 else " | |"),
                flush=True,
            )


if __name__ == "__main__":
    main()
