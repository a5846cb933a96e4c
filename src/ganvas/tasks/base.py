"""``TaskSpec``: everything that a task decides, in one class; each task is one instance of a subclass.

A new task is a file beside this one and a line in :data:`ganvas.tasks.TASKS`: no other module branches on a task.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, Literal, NamedTuple, TypeAlias

import torch
from pydantic import BaseModel, ConfigDict, Field
from torch import Tensor

from ganvas.curate.dataset.dataset import Dataset
from ganvas.curate.sources.listing import Structure
from ganvas.errors import UserError
from ganvas.models.batches import Batch, to_uint8
from ganvas.models.family import Family
from ganvas.spec import DataSpec
from ganvas.tasks.pictures import Pictures, grid
from ganvas.tasks.rows import TrainingRows

Page: TypeAlias = Literal["generate", "draw", "translate", "music"]
Input: TypeAlias = Literal["seed", "picture", "drawing", "reference", "label map", "music"]
Direction: TypeAlias = Literal["a_to_b", "b_to_a"]
DrawingDomain: TypeAlias = Literal["a", "b"]
Capability: TypeAlias = Literal[
    "latent_space",
    "truncation",
    "classes",
    "heatmap",
    "codes",
    "enlarges",
    "inpaints",
    "photo_to_drawing",
    "accompanies",
    "any_size",
]

PIXELS_AT_ONCE = 2**20  # pixels generated in one call of a family, which bounds memory


class Summary(BaseModel):
    """What a model does: a key and parameters for translated pages, and the English sentence without its full stop."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str = Field(description="names the sentence for translation")
    params: dict[str, int | str] = Field(default={}, description="the values in the sentence")
    sentence: str = Field(description="in English")


class SampleSheet(NamedTuple):
    """A sheet uint8 [H, W, 3], and the answers in it alone, uint8 [N, H, W, C]."""

    pixels: Pictures
    answers: Pictures


class Comparison(NamedTuple):
    """Sets of pictures that are each compared with the same real ones.

    ``pictures`` maps the ending of a metric's name to a set in batches: ``""`` holds the model's answers and
    ``"_untranslated"`` the sources as they were. ``name`` is the part of a metric's name that says which comparison it
    is (``a_to_b``), ``label`` says it with the names of the domains; both are empty for the data set as a whole.
    """

    name: str
    label: str
    real: Dataset
    pictures: Mapping[str, Iterator[Tensor]]


class DiversityGroups(NamedTuple):
    """Groups of answers that are compared among themselves: ``suffix`` of the metric, ``protocol``, and the groups."""

    suffix: str
    protocol: dict[str, Any]
    groups: Iterator[Tensor]


class BrowserGraph(NamedTuple):
    """A part of :meth:`Family.generate` for runtimes in web pages: one row, float32 inputs only, no branches.

    Attributes:
        name: Name of the graph, such as ``model`` or ``a_to_b``.
        inputs: Shape of each input by name, with the leading 1 of the one row.
        function: Of the inputs in their order; returns what ``generate`` does, float [1, …] in [-1, 1].
    """

    name: str
    inputs: dict[str, tuple[int, ...]]
    function: Callable[..., Tensor]


class TaskSpec(ABC):
    """What a task decides about data, requests, sheets, evaluation and use.

    Attributes:
        name: the task's name in recipes, runs and bundles.
        batch: what losses take.
        request: what :meth:`Family.generate` takes.
        makes: what a model of this task does; continues "`dcgan` …" on a card.
        usage: what such a model takes; continues "`NAME` …" where it is given something else.
        pairs: each answer has a picture that it should equal, so that similarity metrics apply.
        from_seeds: answers are made from random numbers alone: as many as wanted, which may copy training pictures.
        by_domain: answers into each domain are compared with that domain's pictures.
        sheet_count: pictures in a sample sheet.
        items: what the data set holds, in the plural.
        hub_tag: the task's name on the Hugging Face Hub; None: it has none.
    """

    name: ClassVar[str]
    batch: ClassVar[type[tuple[Any, ...]]]
    request: ClassVar[type[tuple[Any, ...]]]
    makes: ClassVar[str]
    usage: ClassVar[str]
    pairs: ClassVar[bool] = False
    from_seeds: ClassVar[bool] = False
    by_domain: ClassVar[bool] = False
    sheet_count: ClassVar[int] = 24
    items: ClassVar[str] = "pictures"
    hub_tag: ClassVar[str | None] = "image-to-image"

    # ── Training data ───────────────────────────────────────────────────────────────────────────────────────────────

    def structure(self, *, conditional: bool, degraded: bool, frames: bool) -> Structure:
        """The arrangement that a data set needs: a class per folder where there are classes, else single pictures.

        Args:
            conditional: The folders are classes.
            degraded: Sources are computed from the targets.
            frames: The pictures are video frames in order.
        """
        return "classes" if conditional else "pictures"

    def check(self, dataset: Dataset, data: DataSpec) -> None:  # noqa: B027 - most data sets fit
        """Check that a packed data set fits the task.

        Raises:
            UserError: it does not.
        """

    def reads_sources(self, data: DataSpec) -> bool:
        """Whether training rows need the packed sources of pairs."""
        return False

    @abstractmethod
    def row(self, rows: TrainingRows, position: int) -> tuple[Any, ...]:
        """The fields of the batch, without its memo, at a position of the training stream: pictures uint8 [C, H, W]."""

    def make_batch(self, columns: Sequence[Tensor]) -> Batch:
        """A batch of stacked rows with a new, empty memo."""
        kind: Any = self.batch
        return kind(*columns, {})

    # ── Requests ────────────────────────────────────────────────────────────────────────────────────────────────────

    @abstractmethod
    def example_request(self, family: Family, count: int, *, seed: int = 0) -> Any:
        """A valid request of ``count`` rows with random content, for export, warm-up and tests."""

    @abstractmethod
    def request_for(self, family: Family, dataset: Dataset, indices: Sequence[int], *, seed: int = 0) -> Any:
        """The request that stands for these numbers, on the CPU: picture *i* of the data set or seed ``seed + i``."""

    @torch.no_grad()
    def generate(self, family: Family, dataset: Dataset, indices: Sequence[int], *, seed: int = 0) -> Tensor:
        """The family's answers to :meth:`request_for`, uint8 [N, H, W, C], in evaluation mode and on its device."""
        device = next(family.parameters()).device
        request = self.request_for(family, dataset, indices, seed=seed)
        was_training = family.training
        family.eval()
        height, width, _ = family.data.shape
        at_once = max(PIXELS_AT_ONCE // (height * width), 1)
        try:
            parts = zip(*(tensor.split(at_once) for tensor in request), strict=True)
            return torch.cat(
                [to_uint8(family.generate(type(request)(*(field.to(device) for field in part)))) for part in parts]
            )
        finally:
            family.train(was_training)

    def generate_batches(
        self, family: Family, dataset: Dataset, count: int, *, seed: int = 0, batch_size: int = 50
    ) -> Iterator[Tensor]:
        """``count`` answers in batches, uint8 [N, H, W, C]."""
        for start in range(0, count, batch_size):
            yield self.generate(family, dataset, range(start, min(start + batch_size, count)), seed=seed)

    # ── Pictures for people ─────────────────────────────────────────────────────────────────────────────────────────

    def sheet_indices(self, family: Family, dataset: Dataset, count: int) -> list[int]:
        """Indices of the pictures that a sheet of ``count`` shows: the first ones."""
        return list(range(min(count, len(dataset))))

    @abstractmethod
    def sample_sheet(self, family: Family, dataset: Dataset) -> SampleSheet:
        """The family's answers to always the same requests, laid out for people."""

    def sheet_notes(self, answers: Pictures, data: DataSpec) -> bytes | None:
        """JSON that is stored beside a sheet so that its answers can be used; None where the picture says all."""
        return None

    def lay_out(self, items: Pictures, data: DataSpec, columns: int = 8) -> Pictures:
        """Items of the data set or answers, uint8 [N, H, W, C], row by row as a sheet for people."""
        return grid(items, columns)

    def preview_sources(self, family: Family, dataset: Dataset) -> Pictures | None:
        """Pictures that a bundle's preview shows translated, uint8 [N, H, W, C]; None where none are needed."""
        return None

    @abstractmethod
    def preview(self, family: Family, sources: Pictures | None) -> Pictures:
        """The preview of a bundle, uint8 [H, W, C]."""

    def describe(self, data: DataSpec) -> str:
        """The format of the answers, for the card of a bundle; ends a sentence without its full stop."""
        kind = {1: "grey", 3: "colour", 4: "colour and opacity"}[data.channels]
        return f"{data.resolution} × {data.resolution} pixels, {kind}"

    # ── Evaluation ──────────────────────────────────────────────────────────────────────────────────────────────────

    def comparisons(self, family: Family, dataset: Dataset, count: int, *, seed: int = 0) -> tuple[Comparison, ...]:
        """What is compared with what: ``count`` answers with the pictures of the data set."""
        return (Comparison("", "", dataset, {"": self.generate_batches(family, dataset, count, seed=seed)}),)

    def diversity_groups(self, family: Family, dataset: Dataset, *, seed: int = 0) -> Iterator[DiversityGroups]:
        """Groups of answers to one source each, where a source has many answers."""
        return iter(())

    # ── Use ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def directions(self, config: Mapping[str, Any]) -> int:
        """How many ways a model with these settings translates: 0, 1 or 2."""
        return 0

    def domains(self, data: DataSpec) -> tuple[str, ...]:
        """The names of the two domains that a model translates between, A's first; empty where they are not known."""
        return ()

    def drawing_direction(
        self,
        data: DataSpec,
        config: Mapping[str, Any],
        capabilities: Sequence[Capability],
        *,
        declared: DrawingDomain | None = None,
        dataset: Dataset | None = None,
    ) -> Direction | None:
        """The direction in which a model takes drawings.

        Args:
            data: how its pictures are prepared.
            config: the family's settings.
            capabilities: what it can do.
            declared: the recipe's ``data.drawing_domain``.
            dataset: the training pictures, which are measured where nothing is declared; None: they are not at hand,
                as with a bundle that was written before bundles said it.

        Returns:
            None where it takes none.
        """
        return None

    def browser_graphs(self, family: Family) -> tuple[BrowserGraph, ...]:
        """The graphs by which a web page runs a model in the browser, one per direction; empty: it cannot."""
        return ()

    @abstractmethod
    def page(self, drawing_direction: Direction | None) -> Page:
        """The page of the studio on which a model is used."""

    @abstractmethod
    def accepts(
        self, data: DataSpec, drawing_direction: Direction | None, capabilities: Sequence[Capability]
    ) -> tuple[Input, ...]:
        """What a model takes, the most usual first."""

    @abstractmethod
    def summary(self, data: DataSpec, config: Mapping[str, Any]) -> Summary:
        """What a model does."""

    def require(self, request: type[tuple[Any, ...]], name: str = "This model") -> None:
        """Check that models of this task take such requests.

        Args:
            request: the type of the request.
            name: of the model, for the sentence.

        Raises:
            UserError: they take others.
        """
        if self.request is not request:
            raise UserError(f"{name} {self.usage}.", code=f"takes-{self.name}", params={"model": name})
