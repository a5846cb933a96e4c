"""A drawing becomes a portrait: told in codes, each drawn towards real sketches, painted.

One :class:`Painter` serves one bundle of the family ``sketchportrait``. It runs the bundle's own graphs (ONNX where
they are, torch else); between telling and painting stands the manifold (:mod:`ganvas.apps.code_bank`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import safe_open

from ganvas.apps.code_bank import Bank
from ganvas.apps.shadow_guidance import KEPT, Shadows
from ganvas.bundle import Bundle
from ganvas.bundle.manifest import CODE_BANK, STATE
from ganvas.errors import UserError
from ganvas.models.batches import to_float, to_uint8
from ganvas.models.capabilities import HasCodes
from ganvas.models.networks.sketchportrait import WINDOWS
from ganvas.onnx_session import open_graph

Pictures = NDArray[np.uint8]
Floats = NDArray[np.float32]

NEIGHBOURS = 10  # real sketches a drawing is compared with, unless asked otherwise
OWN = 0.4  # share of one's own drawing that stays: what the people who drew most liked best
STEPS = ("encode", "paint", "draw")


class Painted(NamedTuple):
    """The ``portrait`` uint8 [R, R, C], and the ``shadow`` that guides the hand, uint8 [R, R] (255: nothing)."""

    portrait: Pictures
    shadow: Pictures | None


class Wish(NamedTuple):
    """A drawing and how it is to be painted.

    ``sketch`` uint8 [R, R, 1], dark strokes on white; ``k`` real sketches each part of it is compared with; ``t`` share
    of one's own drawing that stays, one for all or by part (others: ``OWN``), in [0, 1]; ``shadow``: also draw the
    nearest real sketches.
    """

    sketch: Pictures
    k: int = NEIGHBOURS
    t: float | Mapping[str, float] = OWN
    shadow: bool = False


def parts_of(bundle: Bundle) -> tuple[str, ...]:
    """The parts of a face that the bundle tells apart, the order of their codes.

    :raises UserError: the bundle holds no codes.
    """
    if "codes" not in bundle.info.capabilities:
        raise UserError(
            f"{bundle.info.name} is of the family {bundle.info.family}, which has no manifold to draw on.",
            code="no-portraits",
            params={"model": bundle.info.name, "family": bundle.info.family},
        )
    return ("remainder",) if bundle.info.config.get("windows") == "whole" else tuple(WINDOWS)


def sketches_of(bundle: Bundle) -> int:
    """How many real sketches the bundle compares drawings with; nothing but a header is read.

    :raises UserError: the bundle lost its bank.
    """
    if CODE_BANK in bundle.info.files:
        with safe_open(bundle.path / CODE_BANK, "pt") as file:
            if "bank" in file.keys():  # noqa: SIM118  (it is no mapping)
                return int(file.get_slice("bank").get_shape()[0])
    raise UserError(
        f"Bundle {bundle.info.name} holds no sketches to compare with; export it again from its run.",
        code="no-sketches",
        params={"model": bundle.info.name},
    )


def painter_bytes(bundle: Bundle) -> int:
    """Near what a painter takes in memory: its graphs twice, the bank as float32 beside its search index, shadows."""
    files = bundle.info.files
    graphs = [files[f"{step}.onnx"].bytes for step in STEPS if f"{step}.onnx" in files]
    weights = graphs if len(graphs) == len(STEPS) else [files[name].bytes for name in files if name == STATE]
    bank = files[CODE_BANK].bytes if CODE_BANK in files else 0
    return 2 * sum(weights) + 4 * bank + KEPT


def check_wish(parts: Sequence[str], wish: Wish) -> list[float]:
    """→ the share of one's own drawing in each of the parts.

    :raises UserError: a part is unknown, or k or a share is outside its range.
    """
    if wish.k < 1:
        raise UserError(
            f"k is how many real sketches a drawing is compared with: 1 or more, not {wish.k}.",
            code="sketch-count-low",
            params={"k": wish.k},
        )
    by_part = wish.t if isinstance(wish.t, Mapping) else dict.fromkeys(parts, wish.t)
    for part, share in by_part.items():
        if part not in parts:
            raise UserError(
                f"There is no part {part!r}; the parts are {', '.join(parts)}.",
                code="unknown-part",
                params={"part": part, "known": ", ".join(parts)},
            )
        if not 0 <= share <= 1:
            raise UserError(
                f"t is the share of one's own drawing that stays: from 0 to 1, not {share:g}.",
                code="share-range",
                params={"share": share},
            )
    return [by_part.get(part, OWN) for part in parts]


class Painter:
    """Paints from drawings with one bundle.

    :param threads: of each graph; 0 leaves it to the runtime.
    :raises UserError: the bundle is of another family or lost its bank.
    """

    def __init__(self, bundle: Bundle, *, onnx: bool = True, threads: int = 0) -> None:
        self.parts = parts_of(bundle)
        sketches_of(bundle)
        codes = bundle.code_bank()["bank"].float().numpy()
        self.banks = [Bank(np.ascontiguousarray(codes[:, i])) for i in range(len(self.parts))]
        for bank in self.banks:  # a large one takes a minute the first time: not of the first drawing's
            bank.prepare()
        self.resolution = bundle.info.data.resolution
        graphs = {name: path for name in STEPS if (path := bundle.subgraph(name)) is not None}
        if onnx and len(graphs) == len(STEPS):
            self._steps = {name: _onnx_step(path, threads) for name, path in graphs.items()}
        else:
            self._steps = _torch_steps(bundle)
        self._shadows = Shadows(self._steps["draw"], self.parts, self.banks)

    def paint(
        self,
        sketch: Pictures,
        *,
        k: int = NEIGHBOURS,
        t: float | Mapping[str, float] = OWN,
        shadow: bool = False,
    ) -> Painted:
        """The portrait of one drawing; see :class:`Wish`.

        :raises UserError: a part is unknown, or k or t is outside its range.
        """
        return self.paint_all([Wish(sketch, k, t, shadow)])[0]

    def paint_all(self, wishes: Sequence[Wish]) -> list[Painted]:
        """The portraits of several drawings: what one's is, the others do not matter (but for rounding).

        :raises UserError: a part is unknown, or a k or t is outside its range.
        """
        shares = [check_wish(self.parts, wish) for wish in wishes]
        own = self._steps["encode"](to_float(np.stack([wish.sketch for wish in wishes])).numpy())
        found = [
            [bank.project(code, wish.k, t=share) for bank, code, share in zip(self.banks, codes, parts, strict=True)]
            for wish, codes, parts in zip(wishes, own, shares, strict=True)
        ]
        codes = np.stack([np.stack([projection.code for projection in parts]) for parts in found])
        portraits = _pictures(self._steps["paint"](codes))
        return [
            Painted(portrait, self._shadows.of(parts) if wish.shadow else None)
            for portrait, parts, wish in zip(portraits, found, wishes, strict=True)
        ]


def _pictures(answer: Floats) -> Pictures:
    pictures: Pictures = to_uint8(torch.from_numpy(answer)).numpy()
    return pictures


def _onnx_step(path: Path, threads: int) -> Callable[[Floats], Floats]:
    session = open_graph(path, threads)

    def run(rows: Floats) -> Floats:
        answer: Floats = session.run(["output"], {"input": rows})[0]
        return answer

    return run


def _torch_steps(bundle: Bundle) -> dict[str, Callable[[Floats], Floats]]:
    family = bundle.load_family()
    assert isinstance(family, HasCodes)

    def numpy_step(name: str) -> Callable[[Floats], Floats]:
        function = family.subgraphs()[name].function

        def run(rows: Floats) -> Floats:
            with torch.inference_mode():
                answer: Floats = function(torch.from_numpy(rows)).float().numpy()
            return answer

        return run

    return {name: numpy_step(name) for name in family.subgraphs()}
