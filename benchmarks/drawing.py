"""How fast a drawing is answered, and how fast and how right a large bank of sketches is searched.

    python benchmarks/drawing.py bank --count 1000000
    python benchmarks/drawing.py serve --bundle BUNDLE --strokes FOLDER --users 1 4 16

``bank`` makes codes that lie as codes of pictures do: on a smooth surface of ``--latent`` dimensions (two layers with a
tanh between, random weights) in ``--dim`` numbers, with noise of a twentieth of their deviation over it. Queries are
further codes of the same surface. The truth is an exact search.

``serve`` starts the studio in a process of its own and lets users in another draw: each sends its drawing as it grows,
stroke by stroke, the next one as soon as the pen has moved on (``--pause`` ms) and gives up the one under way. The rows
below are how the portrait is made elsewhere: a python loop over the bank and eager networks, here in one process
without HTTP, on the same bundle.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganvas.apps.manifold import Bank

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
    given = parser.parse_args()
    given.run(given)


if __name__ == "__main__":
    main()
