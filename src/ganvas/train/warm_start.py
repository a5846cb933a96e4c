"""Begin from what is trained already: a run, one of its checkpoints, a bundle, or a file that somebody published.

Weights are taken by name and shape. Layers that are counted from the highest resolution down are matched by their
resolution, so that a network grown by one size still finds its layers; rows of class tables are matched by the name of
the class, and a class the source does not know begins as the mean of those it knows. Whatever finds no counterpart
begins fresh, and is named. Schedules, optimisers, augmentation and the clock always begin anew (as fine-tuning does in
Karras et al. 2020, "Training generative adversarial networks with limited data"). The source is only read when a run
begins; from its first checkpoint on, a run stands by itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple

import torch
from torch import Tensor

from ganvas import bundle
from ganvas.bundle import Credit
from ganvas.curate.dataset.dataset import Dataset
from ganvas.errors import UserError
from ganvas.inference.credits import credits_of_run
from ganvas.models import imports
from ganvas.models.families import FAMILIES, build
from ganvas.models.family import Family
from ganvas.recipe import Recipe, load
from ganvas.runs import checkpoint
from ganvas.runs.folder import RunDir
from ganvas.runs.reader import dataset_path, read_status
from ganvas.runs.start import read_start, write_start
from ganvas.spec import DataSpec
from ganvas.train.step import Player

LITTLE = 0.5  # of the generator: less than that is worth a hint
NAMED = 6  # fresh parts that are named one by one
# Lists of layers that are counted from the highest resolution down; the first of a family tells how far to move.
DOWNWARD: dict[str, tuple[str, ...]] = {
    "stylegan2": ("discriminator.blocks",),
    "r3gan": ("discriminator.layers",),
    "biggan": ("discriminator.blocks", "discriminator.attention"),
    "sagan": ("discriminator.blocks", "discriminator.attention"),
}
KEPT_STATE = ("path_mean",)  # family buffers that belong to the generator and not to the training
STALE = ("stands",)  # buffers that say "settled": training goes on unsettled
ITERATES = ("u", "_u", "_v")  # vectors of a power iteration: no rows of a table


class Source(NamedTuple):
    """A trained family's weights, by the names of ``Family.state_dict``, on the CPU."""

    name: str
    kind: Literal["run", "bundle", "file"]
    family: str
    config: dict[str, Any]
    classes: tuple[str, ...]
    kimg: float
    weights: dict[str, Tensor]
    averaged: dict[str, Tensor]  # of the averaged networks; the weights themselves where nothing else was kept
    credits: tuple[Credit, ...]


class Part(NamedTuple):
    """What became of one network; numbers, not tensors, are counted."""

    network: str
    numbers: int
    taken: int
    by_class: int
    fresh: tuple[str, ...]  # the layers that begin fresh

    def sentence(self) -> str:
        """One line of the table."""
        share = (self.taken + self.by_class) / max(self.numbers, 1)
        said = f"{self.network}: {share:.0%} of {self.numbers:,} numbers taken"
        said += f", {self.by_class:,} of them by the names of classes" if self.by_class else ""
        if not self.fresh:
            return said
        more = f" and {len(self.fresh) - NAMED} more" if len(self.fresh) > NAMED else ""
        return f"{said}; fresh: {', '.join(self.fresh[:NAMED])}{more}"


class Fit(NamedTuple):
    """A source laid over a family: what to copy, and the table of what was taken."""

    source: Source
    weights: dict[str, Tensor]
    averaged: dict[str, Tensor]
    parts: tuple[Part, ...]
    hint: str

    def lines(self) -> list[str]:
        """The table, a sentence a line."""
        source = self.source
        first = f"Begins from {source.name} ({source.kind}, {source.family}, {source.kimg:g} kimg)."
        return [first, *(f"  {part.sentence()}" for part in self.parts), *([self.hint] if self.hint else [])]


# ── Reading a source ────────────────────────────────────────────────────────────────────────────────────────────────


def open_source(path: Path) -> Source:
    """The weights of a run (its newest checkpoint), of a checkpoint in a run, of a bundle, or of a published file.

    :raises UserError: there is nothing there that Ganvas can begin from, or it is damaged.
    """
    path = path.expanduser()
    if (path / bundle.MANIFEST).is_file():
        return _from_bundle(path)
    if path.is_dir():
        found = checkpoint.listing(RunDir(path).checkpoints)
        if RunDir(path).recipe.is_file() and found:
            return _from_run(RunDir(path), found[-1])
        what = "is a run without a checkpoint" if RunDir(path).recipe.is_file() else "is neither a run nor a bundle"
        raise UserError(f"{path} {what}; begin from a trained run, a bundle, or a file that `ganvas import` reads.")
    if not path.exists():
        raise UserError(f"There is no {path} to begin from; name a run, one of its checkpoints, a bundle or a file.")
    run = RunDir(path.resolve().parent.parent)
    if path.suffix == ".pt" and path.resolve().parent == run.checkpoints and run.recipe.is_file():
        return _from_run(run, path)
    return _from_file(path)


def _from_run(run: RunDir, path: Path) -> Source:
    content = checkpoint.read(path)
    recipe = load(run.recipe)
    weights: dict[str, Tensor] = content["family"]
    averaged = {f"{name}.{key}": value for name, state in content["average"].items() for key, value in state.items()}
    root = run.root.resolve()
    credits_, classes = credits_of_run(run), _classes_of_run(run) if recipe.data.conditional else ()
    kimg = content["clock"]["nimg"] / 1000
    own = Credit(  # type: ignore[call-arg]
        name=f"weights of {root.name}", source=root.name, text=f"Trained as {recipe.name} for {kimg:g} kimg."
    )
    return Source(
        root.name, "run", recipe.family, recipe.model, classes, kimg, weights, averaged or weights, (own, *credits_)
    )


def _from_bundle(path: Path) -> Source:
    opened = bundle.read(path)
    info, weights = opened.info, opened.load_family().state_dict()
    text = f"Trained for {info.kimg:g} kimg; the bundle's fingerprint is {opened.fingerprint}."
    own = Credit(name=f"weights of {info.name}", source=path.resolve().name, text=text)  # type: ignore[call-arg]
    found = (own, *info.credits)
    return Source(info.name, "bundle", info.family, info.config, info.data.classes, info.kimg, weights, weights, found)


def _from_file(path: Path) -> Source:
    imported = imports.read(path)
    family = imported.family
    weights = family.state_dict()
    if not imported.has_discriminator:
        weights = {key: value for key, value in weights.items() if key.split(".")[0] in family.averaged}
    name = next(name for name, kind in FAMILIES.items() if type(family) is kind)
    text = f"sha256 {imported.sha256}\nTheir licence is that of whoever published them."
    own = Credit(name=f"weights of {imported.origin}", source=path.name, text=text)  # type: ignore[call-arg]
    config = family.config.model_dump()
    return Source(path.name, "file", name, config, family.data.classes, imported.kimg, weights, weights, (own,))


def _classes_of_run(run: RunDir) -> tuple[str, ...]:
    known = read_status(run).get("classes")
    if known:
        return tuple(known)
    path = dataset_path(run)
    try:
        return Dataset(path).classes if path is not None else ()
    except UserError:
        return ()


# ── Laying it over a family ─────────────────────────────────────────────────────────────────────────────────────────


def fit(family: Family, name: str, source: Source) -> Fit:
    """What ``family``, the family called ``name``, takes from a source. Nothing is changed yet.

    :raises UserError: another family, nothing to take, or layers that FreezeD would hold still begin fresh.
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
        parts.append(part.told)
        weights.update(part.weights)
        averaged.update(part.averaged if network in family.averaged else {})
    main = [part for part in parts if part.network in family.averaged] or parts
    numbers, taken = (sum(counts) for counts in zip(*((p.numbers, p.taken + p.by_class) for p in main), strict=True))
    hint = _hint(family, name, source) if taken < LITTLE * numbers else ""
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
    return Fit(source, weights, averaged, tuple(parts), hint[:1].upper() + hint[1:])


class _Network(NamedTuple):
    weights: dict[str, Tensor]
    averaged: dict[str, Tensor]
    told: Part


class _Matcher:
    """Finds for every tensor of a family the source's counterpart."""

    def __init__(self, family: Family, name: str, source: Source) -> None:
        self.source = source
        self.wanted = family.state_dict()
        self.classes = family.data.classes
        self.tables = _class_tables(family, name)
        self.down = DOWNWARD.get(name, ())
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
        return _Network(weights, averaged, Part(network, numbers, taken, by_class, tuple(fresh)))

    def _found(self, key: str, wanted: Tensor, weights: Mapping[str, Tensor]) -> Tensor | None:
        theirs = weights.get(self._their_name(key))
        if theirs is None:
            return None
        if key in self.tables:
            return self._rows(theirs, wanted, self.tables[key]) if key.split(".")[-1] not in ITERATES else None
        return theirs if theirs.shape == wanted.shape else None

    def _their_name(self, key: str) -> str:
        for prefix in self.down:
            if self.shift and key.startswith(prefix + "."):
                index, _, rest = key[len(prefix) + 1 :].partition(".")
                return f"{prefix}.{int(index) - self.shift}.{rest}"
        return key

    def _rows(self, theirs: Tensor, wanted: Tensor, table: _Table) -> Tensor | None:
        """A class table whose rows are the source's rows of the same name, and their mean for new names."""
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
    """Where a tensor has one row a class: along ``axis``, after ``before`` rows that know no classes."""

    axis: int
    before: int


def _class_tables(family: Family, name: str) -> dict[str, _Table]:
    """The tensors with a row a class: those that grow by one row with one class more."""
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
    with torch.device("meta"):  # shapes cost no memory there
        return {key: value.shape for key, value in build(name, dict(config), data, 1.0).state_dict().items()}


def _hint(family: Family, name: str, source: Source) -> str:
    """Which settings of the source would let more of it be taken: those that change the shape of a network."""
    ours = family.config.model_dump()
    theirs = FAMILIES[name].Config.model_validate(source.config).model_dump()
    shapes = {key: value.shape for key, value in family.state_dict().items()}
    differing = []
    for key, value in theirs.items():
        if value == ours[key]:
            continue
        try:
            changed = _shapes(name, ours | {key: value}, family.data)
        except UserError:  # it takes several settings together
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


# ── A run that begins from a source ─────────────────────────────────────────────────────────────────────────────────


def remembered(recipe: Recipe, run: RunDir) -> Recipe:
    """The recipe of a run that goes on, with the start it once had: the source itself is not read again.

    :raises UserError: the run was begun from something else than the recipe now says.
    """
    began = read_start(run).get("start")
    asked = recipe.train.start
    if asked is not None and (
        began is None or Path(asked).expanduser().resolve() != Path(began).expanduser().resolve()
    ):
        how = f"from {began}" if began else "from nothing"
        raise UserError(
            f"The run {run.root} was begun {how}, not from {asked}; choose another --run folder, or --fresh to begin "
            "anew."
        )
    return recipe.model_copy(update={"train": recipe.train.model_copy(update={"start": began})})


def begin(player: Player, fitted: Fit) -> None:
    """Put a source's weights in place, in the living networks and in the averaged copies."""
    _copy(player.family, fitted.weights)
    if player.average is not player.family:
        _copy(player.average, fitted.averaged)


@torch.no_grad()
def _copy(family: Family, values: Mapping[str, Tensor]) -> None:
    state = family.state_dict()
    for key, value in values.items():
        state[key].copy_(value)


def record(run: RunDir, start: str, fitted: Fit) -> None:
    """Write down what a run began from, and whose work that was."""
    source = fitted.source
    content = {
        "start": start,
        "name": source.name,
        "kind": source.kind,
        "family": source.family,
        "kimg": source.kimg,
        "parts": [part._asdict() for part in fitted.parts],
        "credits": [credit.model_dump() for credit in source.credits],
    }
    write_start(run, content)


def refuse_untrained(family: Family) -> None:
    """Layers held still must have learned something first.

    :raises UserError: some are frozen, and the training begins from chance.
    """
    if family.frozen:
        raise UserError(
            "model.freeze_d and model.freeze_mapping hold layers still that have not learned anything yet; say with "
            "--from what to begin from."
        )
