"""How much of a training step is convolutions, and what is the most that anything else could bring on a CPU.

    python benchmarks/convolutions.py --family cyclegan --reference PATH/contrastive-unpaired-translation
    python benchmarks/convolutions.py --family stylegan2 --resolution 64

Each convolution of a step, forwards and backwards, is timed where it is called (processor time, one thread); what else
the step takes is the difference to a step that is not measured. With a reference its whole step is timed too: ``limit``
is its time over that of our convolutions alone, the ratio that a step would reach whose other operations took no time.
Then the convolutions of each shape are called alone, in NCHW and in NHWC: ``layouts`` is the time of all of them if
every one had the faster of the two, with nothing paid for the change between them. ``GFLOP/s`` stands beside that of a
product of two large matrices, about the most that float32 arithmetic reaches here.
"""

from __future__ import annotations

import argparse
import multiprocessing
import statistics
import time
import warnings
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import beside_reference
import torch
import translation
from operations import SIDES, Step, synthesis
from rounds import machine
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

CONVOLUTIONS = {torch.ops.aten.convolution.default, torch.ops.aten.convolution_backward.default}
LARGE = 1024  # rows of the matrices


class Call(NamedTuple):
    """What decides the time of a convolution."""

    backward: bool
    shapes: tuple[tuple[int, ...], ...]
    rest: tuple[Any, ...]  # stride, padding, … and which gradients are wanted


class Convolutions(TorchDispatchMode):
    """Sums processor time and arithmetic of convolutions, and counts the calls of each kind."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.seconds = 0.0
        self.flops = 0
        self.calls: Counter[Call] = Counter()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func not in CONVOLUTIONS:
            return func(*args, **(kwargs or {}))
        start = time.process_time()
        out = func(*args, **(kwargs or {}))
        self.seconds += time.process_time() - start
        self.flops += flop_registry[func._overloadpacket](*args, **(kwargs or {}), out_val=out)
        tensors = tuple(tuple(value.shape) for value in args if isinstance(value, Tensor))
        rest = tuple(tuple(v) if isinstance(v, list) else v for v in args if not isinstance(v, Tensor))
        self.calls[Call(func is not torch.ops.aten.convolution.default, tensors, rest)] += 1
        return out


def seconds(play: Callable[[], object], repeats: int = 3) -> float:
    """Processor time of one call, the least of a few."""
    found = []
    for _ in range(repeats):
        start = time.process_time()
        play()
        found.append(time.process_time() - start)
    return min(found)


def alone(call: Call, layout: torch.memory_format) -> float:
    """Seconds of a convolution whose tensors lie in one layout."""
    given = [torch.randn(shape) for shape in call.shapes]
    given = [t.contiguous(memory_format=layout) if t.dim() == 4 else t for t in given]
    rest = [list(value) if isinstance(value, tuple) else value for value in call.rest]
    if call.backward:
        return seconds(lambda: torch.ops.aten.convolution_backward(*given, *rest))
    bias = given[2] if len(given) > 2 else None
    rest = [value for value in rest if value is not None]
    return seconds(lambda: torch.ops.aten.convolution(given[0], given[1], bias, *rest))


class Found(NamedTuple):
    step: float  # s, without measuring
    convolutions: float  # s
    flops: float
    calls: dict[Call, float]  # per step


def measured(step: Step, cycle: dict[int, int], rounds: int) -> Found:
    """Of a step, on average over the kinds of steps that a cycle has; the median of the rounds."""
    for number in cycle:
        step(number)
    whole, part, flops, calls = [], [], 0.0, Counter[Call]()
    for index in range(rounds):
        taken = inside = 0.0
        for number, times in cycle.items():
            share = times / sum(cycle.values())
            taken += share * seconds(lambda number=number: step(number), 1)  # type: ignore[misc]
            with Convolutions() as counted:
                step(number)
            inside += share * counted.seconds
            if not index:
                flops += share * counted.flops
                calls.update({call: share * count for call, count in counted.calls.items()})
        whole.append(taken)
        part.append(inside)
    return Found(statistics.median(whole), statistics.median(part), flops, dict(calls))


def translated(family: str, reference: Path | None, resolution: int, batch: int, width: int) -> Step:
    setting = translation.Setting(family, reference or Path(), resolution, width, batch, 1, 1, "32-true")
    step = (translation.product_step if reference is None else translation.REFERENCES[family])(setting)
    a, b = (torch.rand(batch, 3, resolution, resolution) * 2 - 1 for _ in range(2))
    return lambda number: step(a, b)


def run(family: str, reference: Path | None, args: argparse.Namespace) -> Found:
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    torch.manual_seed(0)
    make = (
        partial(synthesis, device="cpu") if family in beside_reference.CYCLES else partial(translated, width=args.width)
    )
    step = make(family, reference, args.resolution or SIDES[family], args.batch)
    return measured(step, beside_reference.CYCLES.get(family, {1: 1}), args.rounds)


def layouts(calls: dict[Call, float]) -> tuple[float, float, float]:
    """Seconds per step of all convolutions: in NCHW, in NHWC, each in its faster one."""
    torch.set_num_threads(1)
    sums = [0.0] * 3
    for call, count in calls.items():
        two = [alone(call, layout) for layout in (torch.contiguous_format, torch.channels_last)]
        sums = [total + count * one for total, one in zip(sums, (*two, min(two)), strict=True)]
    return sums[0], sums[1], sums[2]


def peak() -> float:
    """Floating-point operations per second of a product of two large matrices, on one thread."""
    torch.set_num_threads(1)
    a, b = torch.randn(LARGE, LARGE), torch.randn(LARGE, LARGE)
    return 2 * LARGE**3 / seconds(lambda: a @ b, 5)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--family", choices=tuple(SIDES), required=True)
    parser.add_argument("--reference", type=Path, help="a checkout of the authors' code")
    parser.add_argument("--resolution", type=int, help="pixels; 64 when not given")
    parser.add_argument("--width", type=int, default=64, help="of families that translate; 64 is the published one")
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    print(machine(1))

    def apart(work: Callable[..., Any], *given: Any) -> Any:
        # A process for each, because checkouts have modules of the same names.
        with multiprocessing.get_context("fork").Pool(1) as pool:
            return pool.apply(work, given)

    most = apart(peak)
    ours = apart(run, args.family, None, args)
    rate = ours.flops / ours.convolutions
    share = ours.convolutions / ours.step
    print(f"{args.family}: step {ours.step:.3f} s, convolutions {ours.convolutions:.3f} s ({share:.0%})")
    print(f"  convolutions at {rate / 1e9:.1f} GFLOP/s; a product of matrices at {most / 1e9:.1f} ({rate / most:.0%})")
    nchw, nhwc, best = apart(layouts, ours.calls)
    print(f"  called alone: NCHW {nchw:.3f} s, NHWC {nhwc:.3f} s, layouts {best:.3f} s")
    if args.reference:
        theirs = apart(run, args.family, args.reference.resolve(), args)
        print(f"  reference: step {theirs.step:.3f} s, convolutions {theirs.convolutions:.3f} s")
        print(f"  now {theirs.step / ours.step:.2f} ×, limit {theirs.step / ours.convolutions:.2f} ×")


if __name__ == "__main__":
    main()
