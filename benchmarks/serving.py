"""Answers per second of each family's exported graph: ONNX Runtime beside eager torch, and OpenVINO where installed.

    OMP_WAIT_POLICY=PASSIVE python benchmarks/serving.py
    OMP_WAIT_POLICY=PASSIVE python benchmarks/serving.py --recipes dcgan-64-small pix2pix-64-sketch

Networks have the sizes of the recipes and random weights, since the time does not depend on their values; ``progan``
has grown to its full size. Engines take turns in one process, with the same inputs and number of threads; a round is as
many calls as fit into ``--seconds`` (at least two), and the first round of each warms up. Answers per second of the
clock and the processor time of one answer (all threads) are medians of the rounds; the ratio is to eager torch in the
same round. With the variable torch's threads sleep while they wait, as in the studio; without it they spin, and on a
busy machine the ratio compares that. ``difference`` is the largest from eager torch, of values in [-1, 1].
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from rounds import machine

from ganvas.bundle.export import example_inputs, export_onnx
from ganvas.models.capabilities import HasStandingStatistics
from ganvas.models.families import build
from ganvas.models.family import Family
from ganvas.onnx_session import open_graph
from ganvas.recipe import load
from ganvas.tasks import TASKS

RECIPES = (
    "dcgan-64-small",
    "sagan-64-small",
    "progan-64-small",
    "biggan-64-small",
    "r3gan-64-small",
    "stylegan2-64-small",
    "pix2pix-64-sketch",
    "pix2pixhd-128-small",
    "super-resolution-x4-small",
    "sketch-portrait",
    "cyclegan-128-small",
    "cut-64",
    "ugatit-light-64",
    "starganv2-128-small",
    "musegan-quick",
)
Inputs = dict[str, NDArray[Any]]
Answer = Callable[[Inputs], NDArray[Any]]


class Rate(NamedTuple):
    answers: float  # per second of the clock
    processor: float  # seconds per answer


def family_of(recipe: str) -> Family:
    made = load(recipe)
    names = tuple(f"class {number}" for number in range(made.data.expected_classes))
    try:
        data = made.data_spec()
    except Exception:  # noqa: BLE001 - it needs classes
        data = made.data_spec(names)
    family = build(made.family, made.model, data, made.train.kimg)
    if "reached" in dict(family.named_buffers()):  # grows: to its full size
        family.get_buffer("reached").fill_(len(family.stages()) - 1)
    family.eval()
    if isinstance(family, HasStandingStatistics):
        family.measure_standing_statistics()
    return family


def engines(family: Family, graph: Path, threads: int) -> dict[str, Answer]:
    """What answers, by name; eager torch first."""
    request = TASKS[family.task].request

    def eager(inputs: Inputs) -> NDArray[Any]:
        with torch.inference_mode():
            return family.generate(request(*map(torch.from_numpy, inputs.values()))).numpy()

    session = open_graph(graph, threads)
    taken = [node.name for node in session.get_inputs()]
    found = {
        "torch": eager,
        "onnxruntime": lambda inputs: session.run(["output"], {name: inputs[name] for name in taken})[0],
    }
    try:
        import openvino
    except ImportError:
        return found
    hints = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": threads, "INFERENCE_PRECISION_HINT": "f32"}
    compiled = openvino.Core().compile_model(str(graph), "CPU", hints)
    named = [port.any_name for port in compiled.inputs]
    found["openvino"] = lambda inputs: compiled({name: inputs[name] for name in named})[0].copy()
    return found


def played(answer: Answer, inputs: Inputs, batch: int, seconds: float) -> Rate:
    """One round."""
    calls, start, processor = 0, time.perf_counter(), time.process_time()
    while calls < 2 or time.perf_counter() - start < seconds:
        answer(inputs)
        calls += 1
    rows = calls * batch
    return Rate(rows / (time.perf_counter() - start), (time.process_time() - processor) / rows)


def rows(recipe: str, family: Family, given: argparse.Namespace, graph: Path) -> None:
    found = engines(family, graph, given.threads)
    for batch in given.batch:
        inputs = {name: tensor.numpy() for name, tensor in example_inputs(family, batch).items()}
        wanted = found["torch"](inputs)
        rates: dict[str, list[Rate]] = {name: [] for name in found}
        for number in range(-1, given.rounds):
            for name in list(found)[:: 1 if number % 2 else -1]:
                rate = played(found[name], inputs, batch, given.seconds)
                rates[name] += [rate] if number >= 0 else []
        for name, answer in found.items():
            answers, processor = (statistics.median(values) for values in zip(*rates[name], strict=True))
            pairs = zip(rates[name], rates["torch"], strict=True)
            ratio = statistics.median(eager.processor / rate.processor for rate, eager in pairs)
            far = float(np.abs(answer(inputs) - wanted).max())
            figures = f"{answers:.1f} | {1000 * processor:.1f} | {ratio:.2f} × | {far:.1g}"
            print(f"| {recipe} | {batch} | {name} | {figures} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recipes", nargs="+", default=RECIPES)
    parser.add_argument("--batch", type=int, nargs="+", default=[1, 8])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.3, help="of a round, at least")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    print(machine(given.threads))
    print("| recipe | batch | engine | answers/s | CPU ms per answer | processor time, torch / engine | difference |")
    print("|---|---:|---|---:|---:|---:|---:|")
    for recipe in given.recipes:
        family = family_of(recipe)
        with tempfile.TemporaryDirectory() as folder:
            graph = Path(folder) / "model.onnx"
            export_onnx(family, graph, batch_sizes=(1,))
            rows(recipe, family, given, graph)


if __name__ == "__main__":
    main()
