"""Portraits from drawings: a drawing is encoded, its codes are projected towards those of real sketches, then decoded.

One :class:`PortraitGenerator` serves one bundle with codes. It runs the bundle's subgraphs, with onnxruntime where
there are ONNX files and else with torch; :mod:`ganvas.apps.code_bank` projects the codes between them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import safe_open

from ganvas.apps.code_bank import Bank, Projection
from ganvas.apps.placement import HERE, Placement, Placer, moved
from ganvas.apps.shadow_guidance import KEPT, Shadows
from ganvas.bundle import Bundle
from ganvas.bundle.manifest import CODE_BANK, STATE
from ganvas.errors import UserError
from ganvas.inference.bundle_graph import BundleGraph
from ganvas.models.batches import to_float, to_uint8
from ganvas.models.capabilities import HasCodes
from ganvas.models.networks.sketchportrait import FULL, WINDOWS, scaled

Pictures = NDArray[np.uint8]
Floats = NDArray[np.float32]

NEIGHBOURS = 10  # default number of real sketches that a drawing is compared with
PLACED_BY = 32  # real sketches whose mean says where faces stand
OWN = 0.4  # default share of the drawing itself that stays: what most people preferred
PAINTED = 6  # portraits in one call
SUBGRAPHS = ("encode", "paint", "draw")


class Portrait(NamedTuple):
    """A portrait and what belongs to it.

    Attributes:
        portrait: uint8 [R, R, C].
        shadow: Guides drawing, on the paper as it was drawn on: uint8 [R, R], 255: nothing. None: not requested.
        placement: How the drawing was moved before it was encoded.
    """

    portrait: Pictures
    shadow: Pictures | None
    placement: Placement = HERE


class PortraitRequest(NamedTuple):
    """A drawing and the options of its portrait.

    Attributes:
        sketch: uint8 [S, S, 1], dark strokes on white. S may be larger than the model's R, so that a small face that is
            enlarged keeps its lines.
        k: How many real sketches each part is compared with.
        t: Share of the drawing itself that stays, in [0, 1]: one for all parts, or by part (others: ``OWN``).
        shadow: Also render the nearest real sketches.
        place: Bring the face to where the model expects it (:mod:`ganvas.apps.placement`).
    """

    sketch: Pictures
    k: int = NEIGHBOURS
    t: float | Mapping[str, float] = OWN
    shadow: bool = False
    place: bool = False


def parts_of(bundle: Bundle) -> tuple[str, ...]:
    """The parts of a face that have a code each, in the order of the codes.

    Raises:
        UserError: The bundle has no codes.
    """
    if "codes" not in bundle.info.capabilities:
        raise UserError(
            f"{bundle.info.name} is of the family {bundle.info.family}, which has no codes to draw with.",
            code="no-portraits",
            params={"model": bundle.info.name, "family": bundle.info.family},
        )
    return ("remainder",) if bundle.info.config.get("windows") == "whole" else tuple(WINDOWS)


def anchors_of(bundle: Bundle) -> dict[str, tuple[float, float]]:
    """Where the bundle expects the middles of eyes, nose and mouth: x and y in shares of the paper's side."""
    return {
        name: ((window.x + window.side / 2) / FULL, (window.y + window.side / 2) / FULL)
        for name, window in WINDOWS.items()
        if name in parts_of(bundle) and name != "remainder"
    }


def sketches_of(bundle: Bundle) -> int:
    """How many real sketches the bundle compares drawings with; only the header of a file is read.

    Raises:
        UserError: The bundle has no code bank.
    """
    if CODE_BANK in bundle.info.files:
        with safe_open(bundle.path / CODE_BANK, "pt") as file:
            if "bank" in file.keys():  # noqa: SIM118  (not a mapping)
                return int(file.get_slice("bank").get_shape()[0])
    raise UserError(
        f"Bundle {bundle.info.name} holds no sketches to compare with; export it again from its run.",
        code="no-sketches",
        params={"model": bundle.info.name},
    )


def estimate_generator_bytes(bundle: Bundle) -> int:
    """Memory that a generator takes: its graphs twice, the code bank as float32 with its search index, shadows."""
    files = bundle.info.files
    graphs = [files[f"{name}.onnx"].bytes for name in SUBGRAPHS if f"{name}.onnx" in files]
    weights = graphs if len(graphs) == len(SUBGRAPHS) else [files[name].bytes for name in files if name == STATE]
    bank = files[CODE_BANK].bytes if CODE_BANK in files else 0
    return 2 * sum(weights) + 4 * bank + KEPT


def check_portrait_request(parts: Sequence[str], request: PortraitRequest) -> list[float]:
    """Check a request, and return the share of the drawing itself in each part.

    Raises:
        UserError: A part is unknown, or k or a share is outside its range.
    """
    if request.k < 1:
        raise UserError(
            f"k is the number of real sketches compared with a drawing: 1 or more, not {request.k}.",
            code="sketch-count-low",
            params={"k": request.k},
        )
    by_part = request.t if isinstance(request.t, Mapping) else dict.fromkeys(parts, request.t)
    for part, share in by_part.items():
        if part not in parts:
            raise UserError(
                f"There is no part {part!r}; the parts are {', '.join(parts)}.",
                code="unknown-part",
                params={"part": part, "known": ", ".join(parts)},
            )
        if not 0 <= share <= 1:
            raise UserError(
                f"t is the share of the drawing itself that stays: from 0 to 1, not {share:g}.",
                code="share-range",
                params={"share": share},
            )
    return [by_part.get(part, OWN) for part in parts]


class PortraitGenerator:
    """Generates portraits from drawings with one bundle.

    Args:
        bundle: A bundle with codes.
        onnx: Use the ONNX files where there are any.
        threads: Threads per ONNX graph; 0: the runtime's default.

    Raises:
        UserError: The bundle has no codes, or no code bank.
    """

    def __init__(self, bundle: Bundle, *, onnx: bool = True, threads: int = 0) -> None:
        self.parts = parts_of(bundle)
        sketches_of(bundle)
        codes = bundle.code_bank()["bank"].float().numpy()
        self.banks = [Bank(np.ascontiguousarray(codes[:, i])) for i in range(len(self.parts))]
        for bank in self.banks:  # of a large bank this takes a minute, which the first drawing should not wait for
            bank.prepare()
        self.resolution = bundle.info.data.resolution
        self._graphs: dict[str, BundleGraph] = {}
        graphs = {name: path for name in SUBGRAPHS if (path := bundle.subgraph(name)) is not None}
        if onnx and len(graphs) == len(SUBGRAPHS):
            self._graphs = {name: BundleGraph(bundle, path, threads) for name, path in graphs.items()}
            self._functions = {name: _onnx_function(graph) for name, graph in self._graphs.items()}
        else:
            self._functions = _torch_functions(bundle)
        self._shadows = Shadows(self._functions["draw"], self.parts, self.banks)

    def stop(self) -> None:
        """End the call of a graph that runs, and refuse further ones; may be called from any thread."""
        for graph in self._graphs.values():
            graph.stop()

    def generate(
        self,
        sketch: Pictures,
        *,
        k: int = NEIGHBOURS,
        t: float | Mapping[str, float] = OWN,
        shadow: bool = False,
        place: bool = False,
    ) -> Portrait:
        """The portrait of one drawing; see :class:`PortraitRequest`.

        Raises:
            UserError: A part is unknown, or k or t is outside its range.
        """
        return self.generate_batch([PortraitRequest(sketch, k, t, shadow, place)])[0]

    def generate_batch(self, requests: Sequence[PortraitRequest]) -> list[Portrait]:
        """The portraits of several drawings; each depends on its own drawing only (up to rounding).

        Raises:
            UserError: A part is unknown, or a k or t is outside its range.
        """
        shares = [check_portrait_request(self.parts, request) for request in requests]
        placements = [self._placer.find(request.sketch[:, :, 0]) if request.place else HERE for request in requests]
        sketches = [self._sketch(request.sketch, at) for request, at in zip(requests, placements, strict=True)]
        own = self._functions["encode"](to_float(np.stack(sketches)).numpy())
        found = [
            [bank.project(code, request.k, t=share) for bank, code, share in zip(self.banks, codes, parts, strict=True)]
            for request, codes, parts in zip(requests, own, shares, strict=True)
        ]
        codes = np.stack([np.stack([projection.code for projection in parts]) for parts in found])
        portraits = _pictures(self._functions["paint"](codes))
        return [
            Portrait(portrait, self._shadow(parts, at) if request.shadow else None, at)
            for portrait, parts, request, at in zip(portraits, found, requests, placements, strict=True)
        ]

    def bank(self) -> Floats:
        """Codes of the bank's sketches, float32 [N, parts, D]."""
        return np.stack([bank.codes for bank in self.banks], 1).astype(np.float32)

    def encode(self, sketches: Floats) -> Floats:
        """Codes [N, parts, D] of sketches, float [N, 1, R, R] in [-1, 1]."""
        return self._functions["encode"](sketches)

    def paint(self, codes: Floats) -> Pictures:
        """Portraits of codes [N, parts, D], uint8 [N, R, R, C]."""
        parts = [codes[start : start + PAINTED] for start in range(0, len(codes), PAINTED)]
        return np.concatenate([_pictures(self._functions["paint"](part)) for part in parts])

    def prepare(self) -> None:
        """Compute what the first drawing would otherwise wait for: where the faces of real sketches stand."""
        _ = self._placer

    @cached_property
    def _placer(self) -> Placer:
        """Made from the mean of sketches that are spread evenly over the bank."""
        count = min(PLACED_BY, len(self.banks[0]))
        at = np.linspace(0, len(self.banks[0]) - 1, count).astype(int)
        codes = np.stack([bank.codes[at] for bank in self.banks], 1).astype(np.float32)
        drawn = np.concatenate([self._functions["draw"](codes[start : start + 8]) for start in range(0, count, 8)])
        ink = (1 - np.clip(drawn[:, 0], -1, 1).astype(np.float64)).mean(0) / 2
        features = np.zeros(ink.shape, bool)
        for name, window in WINDOWS.items():
            if name != "remainder":
                x, y, side = scaled(window, self.resolution)
                features[y : y + side, x : x + side] = True
        return Placer(ink, features)

    def _sketch(self, sketch: Pictures, placement: Placement) -> Pictures:
        """What is encoded: uint8 [S, S, 1] → [R, R, 1]."""
        if placement == HERE and len(sketch) == self.resolution:
            return sketch
        return moved(sketch[:, :, 0], placement, self.resolution)[:, :, None]

    def _shadow(self, found: Sequence[Projection], placement: Placement) -> Pictures:
        shadow = self._shadows.of(found)
        return shadow if placement == HERE else moved(shadow, placement.inverse, self.resolution)


def _pictures(answer: Floats) -> Pictures:
    pictures: Pictures = to_uint8(torch.from_numpy(answer)).numpy()
    return pictures


def _onnx_function(graph: BundleGraph) -> Callable[[Floats], Floats]:
    return lambda rows: graph({"input": rows})


def _torch_functions(bundle: Bundle) -> dict[str, Callable[[Floats], Floats]]:
    family = bundle.load_family()
    assert isinstance(family, HasCodes)

    def numpy_function(name: str) -> Callable[[Floats], Floats]:
        function = family.subgraphs()[name].function

        def run(rows: Floats) -> Floats:
            with torch.inference_mode():
                answer: Floats = function(torch.from_numpy(rows)).float().numpy()
            return answer

        return run

    return {name: numpy_function(name) for name in family.subgraphs()}
