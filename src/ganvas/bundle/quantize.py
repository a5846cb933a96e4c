"""Quantisation of a subgraph to int8: about twice as fast on processors with byte dot products.

Weights are rounded channel by channel and activations to ranges seen on the model's own codes (static quantisation:
Jacob et al. 2018, §3). Transposed convolutions, normalisation and the rest stay float32. The loss is
measured on other codes, as LPIPS between the pictures of both graphs; a graph that loses too much or gains too little
is not kept.
"""

from __future__ import annotations

import logging
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ganvas.bundle.manifest import Int8Report
from ganvas.errors import UserError
from ganvas.models.perceptual import load_lpips
from ganvas.onnx_session import open_graph

Floats = NDArray[np.float32]

MOST_LPIPS = 0.02  # mean; 0.1 is hard to tell
LEAST_GAIN = 1.2
CODES = 32  # for calibration, and as many for comparison
LEAST = 16  # codes for both
_AT_ONCE = 4
_TIMED = 7


def quantize_subgraph(
    graph: Path,
    codes: Floats,
    output: Path,
    *,
    most_lpips: float = MOST_LPIPS,
    least_gain: float = LEAST_GAIN,
) -> Int8Report:
    """Write a graph (codes → pictures in [-1, 1]) in int8 where that loses little and gains enough.

    Args:
        graph: The float32 graph.
        codes: Float32 [N, …] of training pictures, the input of the graph.
        output: The int8 graph; may be ``graph``.
        most_lpips: Allowed mean LPIPS between the pictures of both graphs.
        least_gain: Required speed-up, in processor time of one thread.

    Returns:
        The measurements; ``output`` is written only if ``kept``.

    Raises:
        UserError: There are too few codes, the ``export`` extra is missing, or the LPIPS weights cannot be fetched.
    """
    if len(codes) < LEAST:
        raise UserError(
            f"int8 is calibrated on {LEAST} training pictures or more, and there are {len(codes)}: leave it out."
        )
    some = codes[np.random.default_rng(0).permutation(len(codes))[: 2 * CODES]]
    half = len(some) // 2
    with tempfile.TemporaryDirectory() as scratch:
        made = Path(scratch) / "int8.onnx"
        _quantize(graph, some[:half], made, Path(scratch) / "prepared.onnx")
        one, other = open_graph(graph, threads=1), open_graph(made, threads=1)
        far = _distances(_run(one, some[half:]), _run(other, some[half:]))
        gain = _processor_time(one, some[:1]) / _processor_time(other, some[:1])
        mean = float(far.mean())
        kept = mean <= most_lpips and gain >= least_gain
        if kept:
            output.write_bytes(made.read_bytes())
    return Int8Report(kept=kept, lpips=mean, most_lpips=most_lpips, gain=round(gain, 2), compared=len(some) - half)


def _quantize(graph: Path, codes: Floats, output: Path, prepared: Path) -> None:
    try:
        from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
        from onnxruntime.quantization.shape_inference import quant_pre_process
    except ImportError:
        raise UserError("int8 needs the extra: run `pip install 'ganvas[export]'`.") from None

    class Reader(CalibrationDataReader):  # type: ignore[misc]
        def __init__(self) -> None:
            self._rows: Iterator[Floats] = iter(codes[:, None])

        def get_next(self) -> dict[str, Floats] | None:
            row = next(self._rows, None)
            return None if row is None else {"input": row}

    before = logging.getLogger().level
    logging.getLogger().setLevel(logging.ERROR)  # it advises what is done here already
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            quant_pre_process(str(graph), str(prepared), skip_symbolic_shape=True)
            quantize_static(
                str(prepared),
                str(output),
                Reader(),
                quant_format=QuantFormat.QDQ,
                op_types_to_quantize=["Conv", "Gemm", "MatMul"],
                per_channel=True,
                activation_type=QuantType.QUInt8,
                weight_type=QuantType.QInt8,
            )
    finally:
        logging.getLogger().setLevel(before)


def _run(session: Any, codes: Floats) -> Floats:
    parts = [session.run(None, {"input": codes[at : at + _AT_ONCE]})[0] for at in range(0, len(codes), _AT_ONCE)]
    return np.concatenate(parts)


@torch.no_grad()
def _distances(one: Floats, other: Floats) -> NDArray[np.float64]:
    network = load_lpips("alex")
    rows = zip(one, other, strict=True)
    pairs = [(torch.from_numpy(a[None]).clamp(-1, 1), torch.from_numpy(b[None]).clamp(-1, 1)) for a, b in rows]
    wide = [(a.expand(-1, 3, -1, -1), b.expand(-1, 3, -1, -1)) for a, b in pairs]
    return np.array([float(network(a, b)) for a, b in wide])


def _processor_time(session: Any, codes: Floats) -> float:
    took = []
    for _ in range(_TIMED):
        start = time.process_time()
        session.run(None, {"input": codes})
        took.append(time.process_time() - start)
    return float(np.median(took[1:]))
