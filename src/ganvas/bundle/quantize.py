"""A step's ONNX graph in numbers of eight bits: on processors with dot products of bytes about twice as fast.

Weights are rounded channel by channel and activations to ranges seen on the model's own codes (static quantisation:
Jacob et al. 2018, §3). Convolutions that double a map, normalisation and the rest stay as they are. What it costs is
measured on other codes, as the LPIPS between the pictures of both graphs; a graph that costs too much or gains too
little is not kept.
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
CODES = 32  # that ranges are taken from, and as many that the pictures are compared on
LEAST = 16  # codes below which neither means anything
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
    """Write ``graph`` (codes → pictures in [-1, 1]) in int8 to ``output`` where that is worth it.

    :param codes: float32 [N, …] of training pictures, what the graph takes.
    :param most_lpips: mean distance from the pictures of ``graph`` that is allowed.
    :param least_gain: how many times faster it must be, in processor time of one thread.
    :returns: what was measured; nothing stands at ``output`` unless ``kept``.
    :raises UserError: there are too few codes, the ``export`` extra is missing, or LPIPS's weights cannot be had.
    """
    if len(codes) < LEAST:
        raise UserError(
            f"int8 is fitted to {LEAST} training pictures or more, and there are {len(codes)}: leave it out."
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
    eye = load_lpips("alex")
    rows = zip(one, other, strict=True)
    pairs = [(torch.from_numpy(a[None]).clamp(-1, 1), torch.from_numpy(b[None]).clamp(-1, 1)) for a, b in rows]
    wide = [(a.expand(-1, 3, -1, -1), b.expand(-1, 3, -1, -1)) for a, b in pairs]
    return np.array([float(eye(a, b)) for a, b in wide])


def _processor_time(session: Any, codes: Floats) -> float:
    took = []
    for _ in range(_TIMED):
        start = time.process_time()
        session.run(None, {"input": codes})
        took.append(time.process_time() - start)
    return float(np.median(took[1:]))
