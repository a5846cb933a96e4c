"""Joins two generators of one ancestry: layers swapped at a resolution, or weights interpolated.

Layer swapping keeps the coarse layers of one model and the fine layers of the other, so that the pose and shape of one
meet the texture of the other (Pinkney & Adler 2020, "Resolution dependent GAN interpolation for controllable image
synthesis between domains"). It works where one model was trained from the other: their layers then still fit together.
"""

from __future__ import annotations

import copy
import hashlib
import math
from pathlib import Path
from typing import Any, Literal, NamedTuple

import torch
from torch import Tensor

from ganvas.bundle import Bundle, Credit, write_bundle
from ganvas.errors import UserError
from ganvas.inference.load import load_model
from ganvas.inference.model import Model
from ganvas.models.capabilities import HasResolutions
from ganvas.models.families import FAMILIES
from ganvas.models.family import Family
from ganvas.release.licence_terms import strictest
from ganvas.train.start_source import StartSource, open_source

Mode = Literal["swap", "interpolate"]
MappingSource = Literal["a", "b", "both"]
RELATED = 0.1  # correlation of weights from which two networks share an ancestor; of independent ones it is below 0.03
WEIGHTS = "weights of "  # begins the name of a credit for weights


class BlendOptions(NamedTuple):
    """How two models are joined.

    Attributes:
        mode: ``swap``: layers below ``at`` of the first, from ``at`` on of the second; ``interpolate``: every tensor is
            ``share`` of the way from the first to the second.
        at: Swap: side in pixels of the first feature maps of the second model.
        width: Swap: 0, or octaves over which the first model fades into the second around ``at``.
        share: Interpolate: 0 is the first model, 1 the second.
        mapping: Whose mapping network is used; ``both``: interpolated by ``share``. None: swap a, interpolate both.
    """

    mode: Mode = "swap"
    at: int | None = None
    width: float = 0.0
    share: float = 0.5
    mapping: MappingSource | None = None


class Ancestry(NamedTuple):
    """How two models are related.

    Attributes:
        recorded: Names of the weights that both were trained from, or of the one that the other was trained from.
        correlation: Correlation of their generators' weights, in [-1, 1].
    """

    recorded: tuple[str, ...]
    correlation: float

    @property
    def shared(self) -> bool:
        """Whether the two descend from the same weights."""
        return bool(self.recorded) or self.correlation >= RELATED


class Blend(NamedTuple):
    """A bundle made from two models, and how these are related."""

    bundle: Bundle
    ancestry: Ancestry


def blend(first: Path, second: Path, output: Path, options: BlendOptions, *, onnx: bool | None = None) -> Blend:
    """Join two models and write the result as a bundle.

    Args:
        first: A run or a bundle, which gives the coarse layers.
        second: A run or a bundle, which gives the fine layers.
        output: Folder of the bundle.
        options: How they are joined.
        onnx: See :func:`ganvas.bundle.write_bundle`.

    Raises:
        UserError: The models do not have the same architecture, or an option is out of range.
    """
    a, b = load_model(first), load_model(second)
    check_same_architecture(a, b)
    check_options(a, options)
    joined = copy.deepcopy(a.family)
    state = joined_state(a.family, b.family, options)
    with torch.no_grad():
        for key, tensor in joined.state_dict().items():
            if key in state:
                tensor.copy_(state[key])
    parents = open_source(first), open_source(second)
    name = output.resolve().name
    bundle = write_bundle(
        output,
        joined,
        name=name,
        kimg=max(a.kimg, b.kimg),
        recipe={"name": "blend", "blend": _record(a, b, options)},
        credits=joined_credits(name, parents, options),
        onnx=onnx,
    )
    return Blend(bundle, ancestry(a.family, b.family, *parents))


def check_same_architecture(a: Model, b: Model) -> None:
    """Check that two models are of one architecture whose layers belong to resolutions.

    Raises:
        UserError: They are not.
    """
    for model in (a, b):
        if not isinstance(model.family, HasResolutions):
            kinds = ", ".join(name for name, kind in FAMILIES.items() if issubclass(kind, HasResolutions))
            raise UserError(f"{model.name} cannot be joined by resolution; take two models of the family {kinds}.")
    if type(a.family) is not type(b.family):
        raise UserError(f"{a.name} and {b.name} are of different families; take two models of one family.")
    ours, theirs = ({key: value.shape for key, value in _state(model.family).items()} for model in (a, b))
    if ours == theirs and a.data.classes == b.data.classes:
        return
    pairs = {"resolution": (a.data.resolution, b.data.resolution), "channels": (a.data.channels, b.data.channels)}
    pairs["classes"] = (len(a.data.classes), len(b.data.classes))
    one, other = a.family.config.model_dump(), b.family.config.model_dump()
    pairs |= {key: (one[key], other[key]) for key in ("z_dim", "w_dim", "base", "most", "mapping_layers") if key in one}
    differing = [f"{key} {x} and {y}" for key, (x, y) in pairs.items() if x != y] or ["names of classes or layers"]
    raise UserError(
        f"{a.name} and {b.name} do not have the same architecture ({', '.join(differing)}); train the second from the "
        "first with `ganvas train --from`."
    )


def check_options(model: Model, options: BlendOptions) -> None:
    """Check the options of a blend.

    Raises:
        UserError: An option is out of range, or belongs to the other mode.
    """
    sides = sorted(set(_resolutions(model.family).values()) - {None}, key=int)  # type: ignore[arg-type]
    named = ", ".join(map(str, sides))
    if options.mode == "swap" and options.at not in sides:
        given = "is missing" if options.at is None else f"is {options.at}"
        raise UserError(f"--at {given}, and the layers of {model.name} are at {named} px; choose one of these.")
    if options.mode == "interpolate" and (options.at is not None or options.width):
        raise UserError("--at and --width belong to --mode swap; leave them out, or choose that mode.")
    if not 0 <= options.share <= 1:
        raise UserError(f"--share is the second model's share, from 0 to 1, not {options.share:g}.")
    if not 0 <= options.width <= 16:
        raise UserError(f"--width is a number of octaves from 0 to 16, not {options.width:g}.")


def joined_state(a: Family, b: Family, options: BlendOptions) -> dict[str, Tensor]:
    """The tensors of the averaged networks, joined.

    Learned tensors are interpolated by the second model's share of their resolution; maps of fixed noise, whose
    variance interpolation would lower, come from the model with the larger share.

    Args:
        a: The first model.
        b: The second model, of the same architecture.
        options: How they are joined.
    """
    theirs, resolutions = _state(b), _resolutions(a)
    learned = {key for key, _ in a.named_parameters()}
    joined = {}
    for key, ours in _state(a).items():
        share = second_share(resolutions[key], options)
        if key not in learned and resolutions[key] is not None:
            share = float(share >= 0.5)
        joined[key] = ours if share == 0 else theirs[key] if share == 1 else torch.lerp(ours, theirs[key], share)
    return joined


def second_share(resolution: int | None, options: BlendOptions) -> float:
    """The second model's share of the layers of a resolution, in [0, 1].

    Args:
        resolution: Side of the feature maps in pixels; None: the mapping network.
        options: How two models are joined.
    """
    if resolution is None:
        mapping = options.mapping or ("a" if options.mode == "swap" else "both")
        return {"a": 0.0, "b": 1.0, "both": options.share}[mapping]
    if options.mode == "interpolate":
        return options.share
    assert options.at is not None
    octaves = math.log2(resolution / options.at) + 0.5  # from the middle between the last layer of the first and ``at``
    if options.width == 0:
        return float(octaves > 0)
    return 1 / (1 + math.exp(-octaves / options.width))


def ancestry(a: Family, b: Family, first: StartSource, second: StartSource) -> Ancestry:
    """How two models are related: by the credits of the weights they began from, and by their weights."""
    names = [
        {credit.name for credit in parent.credits if credit.name.startswith(WEIGHTS)} for parent in (first, second)
    ]
    recorded = tuple(sorted(name.removeprefix(WEIGHTS) for name in names[0] & names[1]))
    return Ancestry(recorded, correlation(a, b))


def correlation(a: Family, b: Family) -> float:
    """Correlation of the weights of two generators of one architecture, in [-1, 1]."""
    theirs = _state(b)
    weights = [key for key, value in a.named_parameters() if value.dim() > 1 and key in theirs]
    pairs = [(a.get_parameter(key).detach().flatten(), theirs[key].flatten()) for key in weights]
    x, y = (torch.cat([_standardised(pair[side]) for pair in pairs]) for side in (0, 1))
    return float((x * y).mean())


def _standardised(weights: Tensor) -> Tensor:
    centred = weights.double() - weights.double().mean()
    scaled: Tensor = centred / centred.square().mean().sqrt().clamp(min=1e-12)
    return scaled


def joined_credits(name: str, parents: tuple[StartSource, StartSource], options: BlendOptions) -> list[Credit]:
    """Credits of both parents, each once, after one that says how they were joined and which terms are stricter."""
    credits_: list[Credit] = []
    for parent in parents:
        credits_ += [credit for credit in parent.credits if credit not in credits_]
    strict = strictest(credits_)
    terms = (
        ""
        if strict is None
        else f" The strictest of the terms below applies to all of it: {strict.words} ({strict.name})."
    )
    own = Credit(name=f"blend {name}", text=f"{_sentence(parents, options)}{terms}")  # type: ignore[call-arg]
    return [own, *credits_]


def _sentence(parents: tuple[StartSource, StartSource], options: BlendOptions) -> str:
    a, b = (parent.name for parent in parents)
    share = second_share(None, options)
    mapping = {0.0: a, 1.0: b}.get(share, f"both ({share:g} of {b})")
    if options.mode == "interpolate":
        return f"Weights of {a}, {options.share:g} of the way to those of {b}; the mapping network of {mapping}."
    soft = f", faded over {options.width:g} octaves" if options.width else ""
    return f"Layers below {options.at} px of {a}, from there on of {b}{soft}; the mapping network of {mapping}."


def _record(a: Model, b: Model, options: BlendOptions) -> dict[str, Any]:
    parents = [{"name": model.name, "kimg": model.kimg, "digest": digest(model.family)} for model in (a, b)]
    return {"parents": parents, **options._asdict()}


def digest(family: Family) -> str:
    """SHA-256 of the tensors of the averaged networks, by which a parent is recognised, 64 hexadecimal digits."""
    found = hashlib.sha256()
    for key, value in sorted(_state(family).items()):
        found.update(key.encode())
        found.update(value.detach().cpu().contiguous().numpy().tobytes())
    return found.hexdigest()


def _state(family: Family) -> dict[str, Tensor]:
    """The tensors of the averaged networks."""
    names = tuple(f"{name}." for name in family.averaged)
    return {key: value for key, value in family.state_dict().items() if key.startswith(names)}


def _resolutions(family: Family) -> dict[str, int | None]:
    assert isinstance(family, HasResolutions)
    return {key: family.resolution_of(key) for key in _state(family)}
