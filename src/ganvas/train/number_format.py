"""The number formats of a training, by machine: bfloat16 where it is fast, TF32 on cards that have it."""

from __future__ import annotations

from typing import Literal

import torch

from ganvas.recipe import Recipe, load
from ganvas.runs import checkpoint
from ganvas.runs.folder import RunDir


def bf16_is_fast() -> bool:
    """Whether the GPU, or else the processor, computes bfloat16 in hardware of its own."""
    if torch.cuda.is_available():
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    features = torch.cpu.get_capabilities()
    if features.get("architecture") == "x86_64":
        return bool(features.get("amx_bf16") or features.get("avx512_bf16"))
    # On other processors the operator library's own flag decides.
    asks = getattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported", None)
    return asks is not None and bool(asks())


def resolved(recipe: Recipe, run: RunDir | None = None, *, fresh: bool = False) -> tuple[Recipe, str | None]:
    """Replace ``train.precision: auto`` by what the run was begun with, or by what suits this machine.

    Args:
        recipe: The resolved recipe.
        run: The run that a training begins or resumes; None: neither.
        fresh: The run begins anew.

    Returns:
        The recipe without ``auto``, and a sentence that says what was chosen; None where nothing was.

    Raises:
        UserError: The recipe of the run is damaged.
    """
    if recipe.train.precision != "auto":
        return recipe, None
    if run is not None and not fresh and run.recipe.exists() and checkpoint.listing(run.checkpoints):
        before = load(run.recipe).train.precision
        if before != "auto":
            return _with_precision(recipe, before), None
    fast = bf16_is_fast()
    chosen = "bf16-mixed" if fast else "32-true"
    sentence = (
        f"train.precision is {chosen}, because this machine computes bfloat16 {'fast' if fast else 'slowly'}; the run "
        "keeps it on any machine."
    )
    return _with_precision(recipe, chosen), sentence


def _with_precision(recipe: Recipe, precision: str) -> Recipe:
    return recipe.model_copy(update={"train": recipe.train.model_copy(update={"precision": precision})})


def precision_of(recipe: Recipe) -> Literal["32-true", "bf16-mixed"]:
    """The precision of a recipe that :func:`resolved` has seen."""
    assert recipe.train.precision != "auto"
    return recipe.train.precision


def use_tf32(wanted: bool | None) -> None:
    """Set how a GPU multiplies float32 numbers, in products of matrices and in convolutions; nothing without a GPU.

    Args:
        wanted: ``train.tf32``; None: on cards that have TF32 (compute capability 8 and later).
    """
    if not torch.cuda.is_available():
        return
    used = torch.cuda.get_device_capability()[0] >= 8 if wanted is None else wanted
    torch.set_float32_matmul_precision("high" if used else "highest")
    torch.backends.cudnn.allow_tf32 = used
