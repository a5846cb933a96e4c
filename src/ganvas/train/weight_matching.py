"""Matches the tensors of a trained source with those of a family.

Tensors match by name and shape. Lists of layers that are numbered from the highest resolution down are matched by
resolution, so that a network with one more resolution still finds its layers. Rows of class tables are matched by the
name of the class; a class that the source does not have begins as the mean of those it has. Whatever has no counterpart
keeps its random initialisation, and is listed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import torch
from torch import Tensor

from ganvas.errors import UserError
from ganvas.models.families import FAMILIES, build
from ganvas.models.family import Family
from ganvas.models.shapes_only import shapes_only
from ganvas.spec import DataSpec
from ganvas.train.start_source import StartSource

HINT_SHARE = 0.5  # a hint is given where less of the generator than this is taken
MAX_NAMED = 6  # fresh layers that are named one by one
KEPT_STATE = ("path_mean",)  # family buffers that belong to the generator, not to the training
STALE = ("stands",)  # buffers that mark standing statistics as computed: training makes them stale
POWER_ITERATION = ("u", "_u", "_v")  # vectors of spectral normalisation, which have no rows per class


class NetworkReport(NamedTuple):
    """How much of one network was taken from the source.

    Attributes:
        network: Its name.
        numbers: How many numbers its tensors hold.
        taken: How many of them were taken by name and shape.
        by_class: How many were taken by the names of classes.
        fresh: The layers that keep their random initialisation.
    """

    network: str
    numbers: int
    taken: int
    by_class: int
    fresh: tuple[str, ...]

    def sentence(self) -> str:
        """The report as one sentence."""
        share = (self.taken + self.by_class) / max(self.numbers, 1)
        said = f"{self.network}: {share:.0%} of {self.numbers:,} numbers taken"
        said += f", {self.by_class:,} of them by the names of classes" if self.by_class else ""
        if not self.fresh:
            return said
        more = f" and {len(self.fresh) - MAX_NAMED} more" if len(self.fresh) > MAX_NAMED else ""
        return f"{said}; fresh: {', '.join(self.fresh[:MAX_NAMED])}{more}"


class MatchedWeights(NamedTuple):
    """The tensors of a family that a source provides.

    Attributes:
        source: Where they come from.
        weights: Tensors of the networks that are trained.
        averaged: Tensors of the averaged networks.
        parts: One report per network.
        hint: Advice where little was taken; empty otherwise.
    """

    source: StartSource
    weights: dict[str, Tensor]
    averaged: dict[str, Tensor]
    parts: tuple[NetworkReport, ...]
    hint: str

    def lines(self) -> list[str]:
        """The reports, one sentence per line."""
        source = self.source
        first = f"Begins from {source.name} ({source.kind}, {source.family}, {source.kimg:g} kimg)."
        return [first, *(f"  {part.sentence()}" for part in self.parts), *([self.hint] if self.hint else [])]


def match_weights(family: Family, name: str, source: StartSource) -> MatchedWeights:
    """Find the tensors of a source that fit a family. The family is not changed.

    Args:
        family: The family to begin.
        name: Its name in ``FAMILIES``.
        source: The trained weights.

    Raises:
        UserError: The source is of another family, nothing fits, or a layer that FreezeD would freeze is missing.
    """
    if source.family != name:
        raise UserError(
            f"{source.name} is a {source.family}, from which a {name} cannot begin; take a recipe of {source.family} "
            "(`ganvas recipes` lists them)."
        )
    match = _Matcher(family, name, source)
    weights, averaged, parts = {}, {}, []
    for network in family.networks():
        part = match.network(network)
        parts.append(part.report)
        weights.update(part.weights)
        averaged.update(part.averaged if network in family.averaged else {})
    main = [part for part in parts if part.network in family.averaged] or parts
    numbers, taken = (sum(counts) for counts in zip(*((p.numbers, p.taken + p.by_class) for p in main), strict=True))
    hint = _hint(family, name, source) if taken < HINT_SHARE * numbers else ""
    learned = {key for part in main for key, value in family.named_parameters()
               if value.dim() > 1 and key.startswith(f"{part.network}.")}  # fmt: skip
    if not learned & weights.keys():
        raise UserError(f"Nothing in {source.name} fits this recipe's networks; {hint or 'take another start.'}")
    still = [key for key in family.state_dict() if key.startswith(family.frozen) and key not in weights]
    if family.frozen and still:
        raise UserError(
            f"model.freeze_d or model.freeze_mapping would hold {_layer(still[0])} still, which begins fresh because "
            f"{source.name} lacks it; freeze fewer layers, or begin from a run or a bundle with its discriminator."
        )
    if taken == numbers:
        weights |= {key: source.weights[key] for key in KEPT_STATE if key in source.weights}
    return MatchedWeights(source, weights, averaged, tuple(parts), hint[:1].upper() + hint[1:])


class _Network(NamedTuple):
    weights: dict[str, Tensor]
    averaged: dict[str, Tensor]
    report: NetworkReport


class _Matcher:
    """Finds the source's counterpart of each tensor of a family."""

    def __init__(self, family: Family, name: str, source: StartSource) -> None:
        self.source = source
        self.wanted = family.state_dict()
        self.classes = family.data.classes
        self.tables = _class_tables(family, name)
        self.down = family.numbered_down  # the length of the first list gives the shift
        self.shift = 0
        if self.down:
            ours, theirs = (_length(self.down[0], keys) for keys in (self.wanted, source.weights))
            self.shift = ours - theirs if theirs else 0

    def network(self, network: str) -> _Network:
        weights, averaged = {}, {}
        numbers = taken = by_class = 0
        fresh: dict[str, None] = {}
        for key, wanted in self.wanted.items():
            if key.split(".")[0] != network or key.split(".")[-1] in STALE:
                continue
            numbers += wanted.numel()
            found = self._found(key, wanted, self.source.weights)
            if found is None:
                fresh[_layer(key).removeprefix(f"{network}.")] = None
                continue
            weights[key] = found
            average = self._found(key, wanted, self.source.averaged)
            averaged[key] = found if average is None else average
            rows = 0 if key not in self.tables else wanted.numel() // wanted.shape[self.tables[key].axis]
            by_class += rows * len(self.classes)
            taken += wanted.numel() - rows * len(self.classes)
        if not taken and not by_class:
            fresh = {"all of it": None}
        return _Network(weights, averaged, NetworkReport(network, numbers, taken, by_class, tuple(fresh)))

    def _found(self, key: str, wanted: Tensor, weights: Mapping[str, Tensor]) -> Tensor | None:
        theirs = weights.get(self._their_name(key))
        if theirs is None:
            return None
        if key in self.tables:
            return self._rows(theirs, wanted, self.tables[key]) if key.split(".")[-1] not in POWER_ITERATION else None
        return theirs if theirs.shape == wanted.shape else None

    def _their_name(self, key: str) -> str:
        for prefix in self.down:
            if self.shift and key.startswith(prefix + "."):
                index, _, rest = key[len(prefix) + 1 :].partition(".")
                return f"{prefix}.{int(index) - self.shift}.{rest}"
        return key

    def _rows(self, theirs: Tensor, wanted: Tensor, table: _Table) -> Tensor | None:
        """A class table with the source's rows of the same class names, and their mean for new names."""
        if theirs.dim() != wanted.dim():
            return None
        ours, rows = wanted.movedim(table.axis, 0), theirs.movedim(table.axis, 0)
        known = len(rows) - table.before
        if rows.shape[1:] != ours.shape[1:] or known < 0 or (table.before and known != len(self.source.classes)):
            return None
        places = {name: table.before + place for place, name in enumerate(self.source.classes) if place < known}
        mean = rows[table.before :].float().mean(0).to(rows.dtype)
        chosen = [
            rows[places[name]] if name in places else mean if known else ours[table.before + place]
            for place, name in enumerate(self.classes)
        ]
        return torch.cat([rows[: table.before], torch.stack(chosen).to(rows)]).movedim(0, table.axis)


class _Table(NamedTuple):
    """A tensor with one row per class along ``axis``, after ``before`` rows of another kind."""

    axis: int
    before: int


def _class_tables(family: Family, name: str) -> dict[str, _Table]:
    """The tensors with one row per class: those that grow by one row with one more class."""
    data = family.data
    if not data.classes:
        return {}
    extra = next(str(number) for number in range(len(data.classes) + 1) if str(number) not in data.classes)
    more = _shapes(name, family.config.model_dump(), data.model_copy(update={"classes": (*data.classes, extra)}))
    tables = {}
    for key, tensor in family.state_dict().items():
        grown = [axis for axis, (a, b) in enumerate(zip(tensor.shape, more[key], strict=True)) if b - a == 1]
        if len(grown) == 1:
            tables[key] = _Table(grown[0], tensor.shape[grown[0]] - len(data.classes))
    return tables


def _shapes(name: str, config: Mapping[str, Any], data: DataSpec) -> dict[str, torch.Size]:
    with shapes_only():
        return {key: value.shape for key, value in build(name, dict(config), data, 1.0).state_dict().items()}


def _hint(family: Family, name: str, source: StartSource) -> str:
    """Name the settings of the source that change the shape of a network, so that more of it could be taken."""
    ours = family.config.model_dump()
    theirs = FAMILIES[name].Config.model_validate(source.config).model_dump()
    shapes = {key: value.shape for key, value in family.state_dict().items()}
    differing = []
    for key, value in theirs.items():
        if value == ours[key]:
            continue
        try:
            changed = _shapes(name, ours | {key: value}, family.data)
        except UserError:  # the setting is invalid without others
            changed = {}
        if changed != shapes:
            written = json.dumps(value)
            differing.append(f"model.{key}={written}" if " " not in written else f"'model.{key}={written}'")
    if not differing:
        return "little of it fits, because the two differ in resolution, channels or classes."
    return f"it has other sizes; more of it is taken with --set {' --set '.join(differing)}."


def _length(prefix: str, keys: Iterable[str]) -> int:
    numbers = [int(key[len(prefix) + 1 :].split(".")[0]) for key in keys if key.startswith(prefix + ".")]
    return max(numbers, default=-1) + 1


def _layer(key: str) -> str:
    """The layer a tensor belongs to: its name without the last part."""
    return key.rpartition(".")[0].removesuffix(".spectral").removesuffix(".parametrizations.weight")
