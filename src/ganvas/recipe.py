"""Recipes: one YAML file holds the settings of data, family, training and evaluation.

Shipped recipes are ``recipes/TASK/NAME.yaml``; each holds what differs from the defaults here and from the recipe that
it ``extends``. The resolved recipe is written into the run, so that a run never depends on the shipped files.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ganvas.crops import Crop, Resize
from ganvas.documents import parse_yaml
from ganvas.errors import UserError
from ganvas.setting_names import invalid_setting, nearest, setting_keys, shown
from ganvas.spec import Colour, DataSpec, Performance, RollSpec, is_unset

SHIPPED = Path(__file__).parent / "recipes"

Metric = Literal["kid", "fid", "is", "precision", "recall", "mifid"]


class Settings(BaseModel):
    """A group of settings: unknown keys are errors, and values are frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class DataSettings(Settings):
    """How pictures are read from the folder and prepared."""

    resolution: int = Field(64, ge=4, le=2048, description="side of the square picture, in pixels")
    channels: Literal[1, 3, 4] = Field(
        3, description="channels of the generated pictures: 1 grey, 3 RGB, 4 RGB and opacity (synthesis only)"
    )
    crop: Crop = Field("center", description="how a picture that is not square becomes square")
    resize: Resize = Field("lanczos", description="lanczos, or nearest for pixel art: no pixel is mixed with another")
    background: Colour = Field("white", description="colour under transparent parts and around padded pictures")
    white_level: float | None = Field(
        None, gt=0, allow_inf_nan=False, description="value of white in pictures of more than 8 bits; null: guessed"
    )
    max_megapixels: float = Field(
        80.0, gt=0, allow_inf_nan=False, description="largest picture that is decoded, in millions of pixels"
    )
    flip: bool = Field(True, description="mirror pictures at random while training")
    conditional: bool = Field(False, description="train with the sub-folders as classes")
    expected_classes: int = Field(
        2, ge=2, description="conditional: number of classes that is assumed until a data set is given"
    )
    degradation: str | None = Field(None, description="paired only: makes the source from the target; null: real pairs")
    source_channels: Literal[1, 3] | None = Field(
        None, description="paired only: channels of own sources (1 for drawings); null: 3, or as the degradation makes"
    )
    side_by_side: Literal["left", "right", "single"] | None = Field(
        None,
        description="each file holds a pair side by side, whose source is this half; single: one picture; null: seen",
    )
    labels: int = Field(
        0, ge=0, le=256, description="paired only: sources are maps of so many labels (numbers, not colours); 0: none"
    )
    void_label: int | None = Field(
        None, ge=0, le=255, description="label maps: the number of pixels without a label, such as 255; null: none"
    )
    palette: tuple[tuple[int, int, int, int], ...] = Field(
        (), description="label maps of colours: a file of colours, or red, green, blue and number of each; []: numbers"
    )
    frames: Literal["next", "between"] | None = Field(
        None, description="paired only: from videos; predict the next frame, or the frame between two"
    )
    drawing_domain: Literal["a", "b"] | None = Field(
        None,
        description="translation: the domain whose pictures are drawings (paired: a is the source); null: measured",
    )
    held_out: float = Field(0.0, ge=0, le=0.5, description="share of the pictures kept from training, for evaluation")
    minimum: int = Field(32, ge=1, description="least number of usable pictures")
    roll: RollSpec | None = Field(None, exclude_if=is_unset, description="music only: the format of the piano rolls")
    transpose: int = Field(
        0, ge=0, le=11, exclude_if=is_unset, description="music only: semitones up or down at random while training"
    )

    @model_validator(mode="after")
    def _labels_fit(self) -> DataSettings:
        if not self.labels and (self.palette or self.void_label is not None):
            raise ValueError("data.palette and data.void_label are for label maps; set data.labels to their number")
        for *colour, number in self.palette:
            if number >= self.labels and number != self.void_label:
                raise ValueError(
                    f"the palette gives the colour {tuple(colour)} the number {number}, which is not below data.labels="
                    f"{self.labels}; raise that, or set data.void_label={number} if it means no label"
                )
        return self


class TrainSettings(Settings):
    """Length, batch sizes and intervals, in kimg: a thousand real pictures shown to the discriminator."""

    kimg: float = Field(1000.0, gt=0, description="length of the training, in kimg")
    batch_size: int = Field(64, ge=1, description="pictures in one optimiser step, over all processes")
    micro_batch: int | None = Field(None, ge=1, description="pictures in memory at once per process; null: all of them")
    precision: Literal["32-true", "bf16-mixed", "auto"] = Field(
        "32-true", description="number format of the forward pass; auto: bf16-mixed where this machine computes it fast"
    )
    tf32: bool | None = Field(
        None,
        exclude_if=lambda value: value is None,
        description="on a GPU, multiply float32 numbers in TF32 (10 bits of fraction); null: where the card has it",
    )
    ema_kimg: float = Field(10.0, ge=0, description="half-life of the averaged weights, in kimg; 0: no averaging")
    ema_ramp: float | None = Field(
        0.05, gt=0, description="half-life is at most this share of the stage so far; null: no ramp"
    )
    seed: int = Field(0, ge=0, lt=2**31, description="seed of all random numbers of the run")
    channels_last: bool | None = Field(None, description="memory layout NHWC; null: on a GPU only")
    compile: bool = Field(False, description="compile the networks first: slower start, faster steps")
    workers: int = Field(2, ge=0, le=64, description="processes that read pictures; 0: the training process itself")
    redraw: int = Field(
        1,
        ge=1,
        exclude_if=lambda value: value == 1,
        description="epochs after which the degradation makes a new source of a picture; more: less to compute",
    )
    tick_kimg: float = Field(1.0, gt=0, description="kimg between two lines of stats.jsonl")
    sheet_kimg: float = Field(20.0, gt=0, description="kimg between two sheets of samples")
    checkpoint_kimg: float = Field(50.0, gt=0, description="kimg between two checkpoints")
    metric_kimg: float = Field(100.0, ge=0, description="kimg between two quick evaluations; 0: none while training")
    keep: int = Field(3, ge=1, description="newest checkpoints that are kept, besides the best by metric")
    recovery_lr: float = Field(
        0.5, gt=0, le=1, description="factor on the learning rates after a loss or gradient was not finite"
    )
    max_recoveries: int = Field(3, ge=0, description="returns to the last good checkpoint before giving up")
    devices: int = Field(1, ge=1, description="processes training together; each takes batch_size / devices pictures")
    sync_batch_norm: bool = Field(
        False,
        exclude_if=lambda value: not value,
        description="batch normalisation over the pictures of all processes, not of each process alone",
    )
    start: str | None = Field(
        None, description="begin from this run, checkpoint, bundle or published file; null: from random weights"
    )
    trackers: tuple[Literal["tensorboard", "wandb"], ...] = Field(
        (), description="services that curves are logged to as well"
    )

    @model_validator(mode="after")
    def _parts_fit(self) -> TrainSettings:
        if self.batch_size % self.devices:
            raise ValueError(f"batch_size {self.batch_size} cannot be shared by {self.devices} devices evenly")
        local = self.batch_size // self.devices
        if self.micro_batch is not None and local % self.micro_batch:
            parts = ", ".join(str(n) for n in range(1, local + 1) if local % n == 0)
            raise ValueError(f"micro_batch {self.micro_batch} does not divide {local} pictures; take one of {parts}")
        return self


class EvaluateSettings(Settings):
    """Which metrics are measured, and on how many pictures."""

    metrics: tuple[Metric, ...] = Field(("kid", "fid", "precision", "recall"), description="measured at the end")
    features: Literal["auto", "effnet", "inception", "inception-clean"] = Field(
        "auto", description="feature network of the metrics"
    )
    count: int = Field(10_000, ge=2, description="pictures generated for the full evaluation")
    quick_count: int = Field(1_000, ge=2, description="pictures generated for each KID while training")
    seed: int = Field(0, ge=0, lt=2**31, description="seed of the generated pictures")


class Recipe(Settings):
    """All settings of a training, resolved: no reference to another file is left."""

    name: str = Field(pattern=r"^[A-Za-z0-9][\w.-]*$", description="the file's name without .yaml")
    about: str = Field("", description="one line: the result, the data and the machine it is meant for")
    family: str = Field(description="model family (a name in FAMILIES)")
    data: DataSettings = DataSettings()  # type: ignore[call-arg]
    model: dict[str, Any] = Field({}, description="the family's own settings")
    train: TrainSettings = TrainSettings()  # type: ignore[call-arg]
    evaluate: EvaluateSettings = EvaluateSettings()  # type: ignore[call-arg]

    def data_spec(self, classes: tuple[str, ...] = (), performance: Performance | None = None) -> DataSpec:
        """How pictures are prepared, given the classes of the data set; of music, also tempo and programs of its files.

        Raises:
            UserError: the recipe is conditional and there are fewer than two classes, the resolution is not a multiple
                of the degradation's scale, or the degradation makes sources of other channels.
        """
        if self.data.conditional and len(classes) < 2:
            raise UserError(
                f"Recipe {self.name} is conditional: the pictures must be in two or more sub-folders, one per class, "
                f"but {'only one class' if classes else 'no sub-folder'} was found."
            )
        channels: Literal[1, 3, 6] = 6 if self.data.frames == "between" else self.data.source_channels or 3
        scale = 1
        if self.data.degradation is not None:
            from ganvas.curate.sketch.degrade import degradation

            degraded = degradation(self.data.degradation)
            channels, scale = degraded.source_channels(self.data.channels), degraded.scale
            if self.data.source_channels not in (None, channels):
                raise UserError(
                    f"The degradation {self.data.degradation} makes sources of {channels} channels, and "
                    f"data.source_channels is {self.data.source_channels}; leave it null."
                )
        if self.data.resolution % scale:
            raise UserError(
                f"The degradation {self.data.degradation} divides sides by {scale}, so data.resolution must be a "
                f"multiple of {scale}, not {self.data.resolution}."
            )
        return DataSpec(
            resolution=self.data.resolution,
            channels=self.data.channels,
            crop=self.data.crop,
            resize=self.data.resize,
            background=self.data.background,
            white_level=self.data.white_level,
            flip=self.data.flip,
            classes=classes if self.data.conditional else (),
            degradation=self.data.degradation,
            source_channels=channels,
            source_scale=scale,
            labels=self.data.labels,
            void_label=self.data.void_label,
            palette=self.data.palette,
            roll=self.data.roll,
            transpose=self.data.transpose,
            performance=performance,
        )

    def to_yaml(self) -> str:
        """The resolved recipe as YAML; :func:`load` reads it back to an equal recipe."""
        return yaml.safe_dump(self.model_dump(mode="json"), sort_keys=False, allow_unicode=True)


def load(name_or_path: str | Path, overrides: list[str] | tuple[str, ...] = ()) -> Recipe:
    """Read a recipe by name (``dcgan-64``) or by path (``mine.yaml``), and apply ``a.b=value`` overrides in order.

    Raises:
        UserError: the recipe is unknown or unreadable, or a setting is unknown or invalid.
    """
    path = _find(str(name_or_path))
    content = _resolve(path, ())
    for text in overrides:
        _override(content, text)
    _read_palette(content, path.parent)
    try:
        recipe = Recipe.model_validate(content)
    except ValidationError as error:
        raise UserError(invalid_setting(error, str(content["name"]), Recipe)) from None
    _check_degradation(recipe)
    return recipe


def _read_palette(content: dict[str, Any], beside: Path) -> None:
    """Replace the name of a palette file, found from here or beside the recipe, by its colours."""
    data = content.get("data")
    if not isinstance(data, dict) or not isinstance(data.get("palette"), str):
        return
    from ganvas.curate.label_maps import read_palette

    path = Path(data["palette"]).expanduser()
    content["data"] = data | {"palette": read_palette(path if path.exists() else beside / path)}


def names() -> dict[str, str]:
    """The shipped recipes: name → task, in the order in which they are listed."""
    return {name: path.parent.name for name, path in _shipped().items()}


@cache
def _shipped() -> dict[str, Path]:
    return {path.stem: path for path in sorted(SHIPPED.glob("*/*.yaml"))}


# ── Reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _find(text: str) -> Path:
    shipped = _shipped()
    if text in shipped:
        return shipped[text]
    path = Path(text).expanduser()
    if path.suffix in {".yaml", ".yml"} or len(path.parts) > 1:
        if path.is_file():
            return path
        raise UserError(f"There is no recipe file {path}; give the path of a YAML file or a name of `ganvas recipes`.")
    raise UserError(f"There is no recipe {text!r}{nearest(text, shipped)}; `ganvas recipes` lists them all.")


def _resolve(path: Path, chain: tuple[Path, ...]) -> dict[str, Any]:
    """The content of a file merged over that of the recipes that it extends."""
    path = path.resolve()
    if path in chain:
        loop = " → ".join(p.stem for p in (*chain[chain.index(path) :], path))
        raise UserError(f"The recipes extend each other in a circle ({loop}); remove one `extends`.")
    content = _read(path)
    content.setdefault("name", path.stem)
    parent = content.pop("extends", None)
    if parent is None:
        return content
    if not isinstance(parent, str):
        raise UserError(f"`extends` in {path.name} must be the name of one recipe, not {parent!r}.")
    beside = path.parent / parent
    base = beside if beside.suffix in {".yaml", ".yml"} and beside.is_file() else _find(parent)
    return _merge(_resolve(base, (*chain, path)), content)


def _read(path: Path) -> dict[str, Any]:
    try:
        content = parse_yaml(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"The recipe {path} cannot be read ({getattr(error, 'strerror', None) or error}).") from None
    except ValueError as error:
        raise UserError(f"The recipe {path} {error}; correct the file.") from None
    if not isinstance(content, dict) or not all(isinstance(key, str) for key in content):
        raise UserError(f"The recipe {path} must be a list of `key: value` lines, such as `extends: dcgan-64`.")
    return content


def _merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        below = merged.get(key)
        merged[key] = _merge(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return merged


# ── Overrides ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _override(content: dict[str, Any], text: str) -> None:
    key, equals, raw = text.partition("=")
    key = key.strip()
    if not equals or not key:
        raise UserError(f"--set {text!r} is not of the form key=value, such as train.kimg=100.")
    if key not in setting_keys(Recipe) and not re.fullmatch(r"model(\.\w+)+", key):
        hint = " (a group: set one of its keys)" if any(k.startswith(key + ".") for k in setting_keys(Recipe)) else ""
        raise UserError(f"--set {key}: there is no such setting{hint or nearest(key, setting_keys(Recipe))}.")
    try:
        value = parse_yaml(raw)
    except ValueError:
        raise UserError(
            f"--set {key}: {shown(raw)} is not a value; quote text that holds brackets or colons."
        ) from None
    *groups, last = key.split(".")
    for group in groups:
        below = content.get(group)
        content[group] = dict(below) if isinstance(below, dict) else {}
        content = content[group]
    content[last] = value


def _check_degradation(recipe: Recipe) -> None:
    if recipe.data.degradation is None:
        return
    from ganvas.curate.sketch.degrade import degradation

    degradation(recipe.data.degradation)
