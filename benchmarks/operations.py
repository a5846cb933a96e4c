"""Operations and bytes of a training step, per family, beside the authors' own code: what a GPU would be given to do.

    python benchmarks/operations.py
    python benchmarks/operations.py --reference stylegan2=stylegan2-ada-pytorch --reference biggan=BigGAN-PyTorch

Counted on this machine's processor, which needs no GPU: each operation that computes or copies is one kernel there or a
few. Views and the allocation of memory are left out, and an operation on a list of tensors (an optimiser's step, an
average) counts once. The optimisers of the references use lists as well, which is their default on a GPU and not on a
processor. The custom CUDA operations of stylegan2's (bias with activation, resampling with a filter) count as one each,
forward and backward (``fused.py``; ``--parts`` counts their parts). Bytes written are those of all results; bytes saved
are those of the tensors that a step keeps for its backward passes, each once, weights left out. ``--device cuda``
counts on a GPU, where the reference has its own kernels.

Both sides have the same networks, losses and batch (see ``beside_reference.py`` and ``translation.py``). Steps that
differ (lazy regularisation) are weighed as often as they come. Without a reference a family is counted alone.
"""

from __future__ import annotations

import argparse
import importlib
import multiprocessing
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import beside_reference
import torch
import translation
from fused import fuse
from rounds import use
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

SIDES = {
    "stylegan2": 64,
    "biggan": 64,
    "pix2pixhd": 64,
    "ugatit": 64,
    "cyclegan": 64,
    "cut": 64,
    "starganv2": 64,
}  # pixels
# They allocate memory, rename it or say what type a result has, and nothing is computed.
FREE = {"empty", "empty_like", "empty_strided", "new_empty", "new_empty_strided", "_unsafe_view", "detach_"}
FREE |= {"lift_fresh", "promote_types"}
WAITS = {"_local_scalar_dense", "nonzero", "equal", "is_nonzero"}  # the host waits for the result


class Cost(NamedTuple):
    operations: float
    written: float  # bytes
    waits: float  # how often the host reads a result
    saved: float  # bytes kept for backward passes


class Counted(TorchDispatchMode):
    """Counts operations by name, and the bytes that they write."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.operations: Counter[str] = Counter()
        self.written = self.waits = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        out = func(*args, **(kwargs or {}))
        name = func._schema.name.removeprefix("aten::")
        if func.is_view or name in FREE or name.startswith("profiler::"):
            return out
        if name in WAITS:
            self.waits += 1
            return out
        self.operations[name] += 1
        given = dict(zip((a.name for a in func._schema.arguments), args, strict=False)) | (kwargs or {})
        changed = [a.name for a in func._schema.arguments if a.alias_info is not None and a.alias_info.is_write]
        results = [given[name] for name in changed if name in given] or [out]
        self.written += sum(tensor.nbytes for tensor in _tensors(results))
        return out


def _tensors(value: Any) -> list[Tensor]:
    if isinstance(value, Tensor):
        return [value]
    return [t for part in value for t in _tensors(part)] if isinstance(value, list | tuple) else []


# ── The steps ───────────────────────────────────────────────────────────────────────────────────────────────────────

Step = Callable[[int], object]


class Saved:
    """Sums the storages that backward passes keep, each once; those of weights are left out."""

    def __init__(self) -> None:
        self.kept: dict[int, Tensor] = {}  # held, so that no other takes its place in memory

    def pack(self, tensor: Tensor) -> Tensor:
        if not (tensor.is_leaf and tensor.requires_grad):
            self.kept.setdefault(tensor.untyped_storage().data_ptr(), tensor.detach())
        return tensor

    @property
    def bytes(self) -> int:
        return sum(tensor.untyped_storage().nbytes() for tensor in self.kept.values())


def synthesis(family: str, reference: Path | None, resolution: int, batch: int, device: str) -> Step:
    sizes = (2048, 64, 0) if family == "stylegan2" else (8, 64, 4)
    setting = beside_reference.Setting(family, reference or Path(), resolution, batch, *sizes, 1, 1, device)
    make = beside_reference.product if reference is None else beside_reference.reference
    return make(setting)[0]


def translated(family: str, reference: Path | None, resolution: int, batch: int, device: str) -> Step:
    setting = translation.Setting(family, reference or Path(), resolution, 16, batch, 1, 1, "32-true", device)
    step = (translation.product_step if reference is None else translation.REFERENCES[family])(setting)
    a, b = (torch.rand(batch, 3, resolution, resolution) * 2 - 1 for _ in range(2))
    return lambda number: step(a, b)


def cost(
    family: str, reference: Path | None, resolution: int, batch: int, device: str, parts: bool
) -> tuple[Cost, Counter[str]]:
    """Of a step, on average over the kinds of steps that a cycle has."""
    torch.manual_seed(0)
    use(device)
    make = synthesis if family in beside_reference.CYCLES else translated
    step = make(family, reference, resolution, batch, device)
    if family == "stylegan2" and reference is not None and device == "cpu" and not parts:
        fuse()
    cycle = beside_reference.CYCLES.get(family, {1: 1})
    for number in sorted(cycle):
        step(number)  # makes the state of the optimisers
    names: Counter[str] = Counter()
    totals = [0.0] * len(Cost._fields)
    for number, times in cycle.items():
        saved = Saved()
        with Counted() as counted:
            step(number)
        with torch.autograd.graph.saved_tensors_hooks(saved.pack, lambda tensor: tensor):
            step(number)
        share = times / sum(cycle.values())
        counts = (counted.operations.total(), counted.written, counted.waits, saved.bytes)
        totals = [total + share * count for total, count in zip(totals, counts, strict=True)]
        for name, count in counted.operations.items():
            names[name] += round(1000 * share * count)
    return Cost(*totals), Counter({name: round(count / 1000) for name, count in names.items()})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--family", action="append", choices=tuple(SIDES), help="all when not given")
    parser.add_argument("--reference", action="append", default=[], metavar="FAMILY=PATH", help="a checkout")
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--resolution", type=int, help="pixels; 64 when not given")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--parts", action="store_true", help="count the parts of stylegan2's custom operations")
    parser.add_argument("--top", type=int, default=0, help="also list so many of the most frequent operations")
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    adam: Any = importlib.import_module("torch.optim.adam")
    adam._default_to_fused_or_foreach = lambda *_, **__: (False, True)
    checkouts = {family: Path(path).resolve() for family, _, path in (one.partition("=") for one in args.reference)}
    for family in args.family or SIDES:
        side = args.resolution or SIDES[family]
        sides = [("ganvas", None), *([("reference", checkouts[family])] if family in checkouts else [])]
        found = {}
        for name, checkout in sides:
            # A process for each, because checkouts have modules of the same names.
            with multiprocessing.get_context("fork" if args.device == "cpu" else "spawn").Pool(1) as pool:
                found[name], names = pool.apply(cost, (family, checkout, side, args.batch, args.device, args.parts))
            told = f"{found[name].operations:7,.0f} operations  {found[name].written / 1e6:8,.1f} MB written"
            print(
                f"{family:10} {name:10} {told}  {found[name].saved / 1e6:8,.1f} MB saved"
                f"  {found[name].waits:5,.0f} waits",
                flush=True,
            )
            if args.top:
                print("  " + ", ".join(f"{op} {count}" for op, count in names.most_common(args.top)))
        if len(found) > 1:
            ratios = (
                getattr(found["ganvas"], kind) / getattr(found["reference"], kind)
                for kind in ("operations", "written", "saved")
            )
            print(f"{family:10} {'ratio':10} " + "  ".join(f"{r:.2f} ×" for r in ratios))


if __name__ == "__main__":
    main()
