"""The stream: what stands at a position depends on nothing but the seed and the position."""

from __future__ import annotations

import threading
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ganvas.curate.dataset.dataset import Dataset
from ganvas.curate.dataset.pack import pack
from ganvas.errors import UserError
from ganvas.spec import DataSpec
from ganvas.tasks import TASKS
from ganvas.tasks import rows as rows_module
from ganvas.train.stream import Stream

CLASSES = ("disc", "square")
SPECS = {
    "synthesis": DataSpec(resolution=16, classes=CLASSES),
    "paired": DataSpec(resolution=16, degradation="mask"),
    "unpaired": DataSpec(resolution=16, classes=CLASSES),
    "reference": DataSpec(resolution=16, classes=CLASSES),
}


@pytest.fixture(scope="module")
def dataset(pictures: Path) -> Dataset:
    return Dataset(pack(pictures, resolution=16).path)


def rows(stream: Stream, count: int, *where: int) -> list[Any]:
    return list(islice(stream.micros(*where), count))


def same(one: list[Any], other: list[Any]) -> bool:
    """Whether two lists of batches hold the same rows, however they are cut into micro-batches."""

    def joined(batches: list[Any], field: int) -> torch.Tensor:
        return torch.cat([batch[field] for batch in batches])

    fields = len(one[0]) - 1
    return all(torch.equal(joined(one, field), joined(other, field)) for field in range(fields))


@pytest.mark.parametrize("task", SPECS)
def test_shapes_and_kinds(dataset: Dataset, task: str) -> None:
    batch = rows(Stream(dataset, task, SPECS[task], 0), 1, 0, 6, 6)[0]
    assert isinstance(batch, TASKS[task].batch)
    assert batch.memo == {}
    for name, value in batch._asdict().items():
        if name.startswith("y"):
            assert (value.dtype, value.shape) == (torch.int64, (6,))
        elif name != "memo":
            assert (value.dtype, value.shape) == (torch.uint8, (6, 3, 16, 16))


@pytest.mark.parametrize("task", SPECS)
def test_resuming_anywhere_continues_the_same_stream(dataset: Dataset, task: str) -> None:
    whole = rows(Stream(dataset, task, SPECS[task], 5), 12, 0, 6, 6)  # three epochs of 24
    for start in (1, 7):
        fresh = Stream(dataset, task, SPECS[task], 5)
        assert same(rows(fresh, 12 - start, start * 6, 6, 6), whole[start:])
    assert not same(rows(Stream(dataset, task, SPECS[task], 6), 12, 0, 6, 6), whole)


@settings(max_examples=40, deadline=None)
@given(
    position=st.integers(0, 10_000),
    world=st.integers(1, 4),
    local=st.integers(1, 9),
    micro=st.integers(1, 10),
    task=st.sampled_from(list(SPECS)),
)
def test_ranks_and_micro_batches_make_up_the_global_batch(
    pictures: Path, position: int, world: int, local: int, micro: int, task: str
) -> None:
    stream = Stream(Dataset(pack(pictures, resolution=16).path), task, SPECS[task], 1)
    batch_size, parts = world * local, -(-local // micro)
    whole = rows(stream, 2, position, batch_size, batch_size)
    for number in range(2):
        split = []
        for rank in range(world):
            mine = rows(stream, 2 * parts, position, batch_size, micro, rank, world)
            split += mine[number * parts : (number + 1) * parts]
        assert all(len(part[0]) <= micro for part in split)
        assert same(split, whole[number : number + 1])


def test_an_epoch_shows_every_picture_once_in_a_new_order(dataset: Dataset) -> None:
    stream = Stream(dataset, "synthesis", DataSpec(resolution=16, classes=CLASSES, flip=False), 0)
    epochs = rows(stream, 2, 0, 24, 24)
    originals = sorted(dataset.image(index).transpose(2, 0, 1).tobytes() for index in range(24))
    for epoch in epochs:
        assert sorted(x.numpy().tobytes() for x in epoch.x) == originals
        assert torch.bincount(epoch.y).tolist() == [12, 12]
    assert not torch.equal(epochs[0].x, epochs[1].x)


def test_labels_belong_to_their_pictures_and_are_zero_without_classes(dataset: Dataset) -> None:
    by_content = {dataset.image(i).transpose(2, 0, 1).tobytes(): int(dataset.labels[i]) for i in range(24)}
    spec = DataSpec(resolution=16, classes=CLASSES, flip=False)
    batch = rows(Stream(dataset, "synthesis", spec, 0), 1, 0, 24, 24)[0]
    assert [by_content[x.numpy().tobytes()] for x in batch.x] == batch.y.tolist()
    unconditional = spec.model_copy(update={"classes": ()})
    assert rows(Stream(dataset, "synthesis", unconditional, 0), 1, 0, 24, 24)[0].y.unique().tolist() == [0]


def test_references_come_from_their_domain(dataset: Dataset) -> None:
    by_content = {dataset.image(i).transpose(2, 0, 1).tobytes(): int(dataset.labels[i]) for i in range(24)}
    spec = DataSpec(resolution=16, classes=CLASSES, flip=False)
    batch = rows(Stream(dataset, "reference", spec, 0), 1, 0, 48, 48)[0]
    for pictures, labels in ((batch.x, batch.y), (batch.x_ref, batch.y_ref), (batch.x_ref2, batch.y_ref)):
        assert [by_content[x.numpy().tobytes()] for x in pictures] == labels.tolist()
    assert set(batch.y_ref.tolist()) == {0, 1}
    unpaired = rows(Stream(dataset, "unpaired", spec, 0), 1, 0, 24, 24)[0]
    assert {by_content[x.numpy().tobytes()] for x in unpaired.a} == {0}
    assert {by_content[x.numpy().tobytes()] for x in unpaired.b} == {1}


def test_flips_happen_and_only_when_wanted(dataset: Dataset) -> None:
    plain = rows(Stream(dataset, "synthesis", DataSpec(resolution=16, flip=False), 0), 1, 0, 96, 96)[0].x
    flipped = rows(Stream(dataset, "synthesis", DataSpec(resolution=16), 0), 1, 0, 96, 96)[0].x
    mirrored = sum(
        bool(torch.equal(b, a.flip(2))) and not torch.equal(a, b) for a, b in zip(plain, flipped, strict=True)
    )
    assert all(torch.equal(b, a) or torch.equal(b, a.flip(2)) for a, b in zip(plain, flipped, strict=True))
    assert 24 < mirrored < 72


@pytest.fixture(scope="module")
def pairs(pictures: Path, tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """Each source equals its target."""
    folder = tmp_path_factory.mktemp("pairs")
    for half in ("source", "target"):
        (folder / half).mkdir()
        for path in pictures.rglob("*.png"):
            (folder / half / path.name).write_bytes(path.read_bytes())
    return Dataset(pack(folder, resolution=16).path)


def test_both_sides_of_a_pair_are_flipped_alike(pairs: Dataset) -> None:
    batch = rows(Stream(pairs, "paired", DataSpec(resolution=16), 0), 1, 0, 48, 48)[0]
    assert torch.equal(batch.source, batch.target)
    unflipped = rows(Stream(pairs, "paired", DataSpec(resolution=16, flip=False), 0), 1, 0, 48, 48)[0]
    assert not torch.equal(unflipped.target, batch.target)


def test_a_degradation_works_on_the_flipped_target(dataset: Dataset) -> None:
    spec = DataSpec(resolution=16, degradation="grayscale", source_channels=1)
    batch = rows(Stream(dataset, "paired", spec, 0), 1, 0, 48, 48)[0]
    assert batch.source.shape == (48, 1, 16, 16)
    luma = (batch.target.float() * torch.tensor([0.299, 0.587, 0.114]).view(1, 3, 1, 1)).sum(1, keepdim=True)
    assert (batch.source.float() - luma).abs().max() <= 1


@pytest.mark.parametrize("task", ["synthesis", "paired"])
@pytest.mark.parametrize("memory", [2**30, 0])
def test_workers_change_nothing(dataset: Dataset, task: str, memory: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows_module, "CACHE_BYTES", memory)
    alone = rows(Stream(dataset, task, SPECS[task], 2), 14, 9, 8, 4)
    iterator = Stream(dataset, task, SPECS[task], 2, workers=2).micros(9, 8, 4)
    together = list(islice(iterator, 14))
    iterator.close()  # type: ignore[attr-defined]
    assert same(alone, together)
    assert [len(batch[0]) for batch in together] == [4] * 14


def test_small_sets_are_decoded_once(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    decoded: list[int] = []
    image = Dataset.image
    monkeypatch.setattr(Dataset, "image", lambda self, index: decoded.append(index) or image(self, index))
    rows(Stream(dataset, "synthesis", SPECS["synthesis"], 0), 6, 0, 24, 24)
    assert sorted(decoded) == list(range(24))


@pytest.mark.parametrize("task", SPECS)
def test_pictures_lie_in_memory_alike_whether_decoded_now_or_before(dataset: Dataset, task: str) -> None:
    """The rounding of convolutions depends on it, and with it whether a resumed training is the same."""
    stream = Stream(dataset, task, SPECS[task], 0)
    now, before = rows(stream, 1, 0, 6, 6)[0], rows(stream, 1, 0, 6, 6)[0]
    assert [field.stride() for field in now[:-1]] == [field.stride() for field in before[:-1]]


def test_grey_and_colour_meet(dataset: Dataset) -> None:
    spec = DataSpec(resolution=16, channels=1)
    assert rows(Stream(dataset, "synthesis", spec, 0), 1, 0, 4, 4)[0].x.shape == (4, 1, 16, 16)


def test_a_subset_streams_only_its_pictures(dataset: Dataset) -> None:
    part = dataset.subset(np.array([3, 5]))
    stream = Stream(part, "synthesis", DataSpec(resolution=16, flip=False), 0)
    shown = {x.numpy().tobytes() for x in rows(stream, 1, 0, 8, 8)[0].x}
    assert shown == {dataset.image(index).transpose(2, 0, 1).tobytes() for index in (3, 5)}


@pytest.mark.parametrize(
    ("task", "spec", "match"),
    [
        ("synthesis", DataSpec(resolution=32), "16 px"),
        ("synthesis", DataSpec(resolution=16, classes=("disc", "star")), "has the classes"),
        ("paired", DataSpec(resolution=16), "no pairs"),
        ("paired", DataSpec(resolution=16, degradation="nonsense"), "no degradation"),
        ("paired", DataSpec(resolution=16, degradation="sketch"), "1 channels"),
    ],
)
def test_what_does_not_fit_is_said_before_training(dataset: Dataset, task: str, spec: DataSpec, match: str) -> None:
    with pytest.raises(UserError, match=match):
        Stream(dataset, task, spec, 0)


def test_more_that_does_not_fit(dataset: Dataset) -> None:
    with pytest.raises(UserError, match="two sub-folders"):
        Stream(dataset.subset(np.flatnonzero(dataset.labels == 0)), "unpaired", SPECS["unpaired"], 0)
    with pytest.raises(UserError, match="no pictures left"):
        Stream(dataset.subset([]), "synthesis", DataSpec(resolution=16), 0)
    with pytest.raises(UserError, match="cannot be divided"):
        Stream(dataset, "synthesis", DataSpec(resolution=16), 0).micros(0, 5, 1, 0, 2)


def test_a_made_source_stays_for_some_epochs_and_resumes_the_same(pictures: Path) -> None:
    data = DataSpec(resolution=16, source_channels=1, degradation="sketch-pencil", flip=False)
    dataset = Dataset(pack(pictures, resolution=16).path)
    stream = Stream(dataset, "paired", data, 5, redraw=3)
    epochs = rows(stream, 6, 0, 24, 24)
    sources = [
        {
            target.numpy().tobytes(): source.numpy().tobytes()
            for target, source in zip(epoch.target, epoch.source, strict=True)
        }
        for epoch in epochs
    ]
    assert len(sources[0]) == 24
    renewed = [sum(now[key] != then[key] for key in now) for then, now in pairwise(sources)]
    assert renewed == [8] * 5, "a third of the sources is made anew in each epoch"
    fresh = Stream(dataset, "paired", data, 5, redraw=3)
    assert same(rows(fresh, 2, 4 * 24, 24, 24), epochs[4:]), "also with nothing kept"


def test_threads_prepare_what_need_not_be_computed(dataset: Dataset, pictures: Path) -> None:
    spec = SPECS["unpaired"]
    threaded = Stream(dataset, "unpaired", spec, 5, workers=2)
    batches = threaded.micros(3, 6, 4)
    assert same([next(batches) for _ in range(8)], rows(Stream(dataset, "unpaired", spec, 5), 8, 3, 6, 4))
    assert any(thread.name.startswith("pictures") for thread in threading.enumerate())
    batches.close()
    assert not any(thread.name.startswith("pictures") for thread in threading.enumerate())
