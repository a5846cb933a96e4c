"""A packed data set: one zip with ``dataset.json`` and a PNG per picture or piano roll, read by index."""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ganvas.curate.dataset.roll_page import from_page
from ganvas.curate.images.decode import Pixels, decode_png
from ganvas.curate.manifest import Item, SplitName, read_manifest
from ganvas.errors import UserError


class _Place(NamedTuple):
    """Where a member's bytes stand in the archive."""

    header: int
    size: int
    method: int


class Dataset:
    """Pictures of one size, by index. Holds no open file, so it may be forked, pickled and shared between threads.

    Raises:
        UserError: the file is not a packed data set, or lacks pictures that its manifest names.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self.manifest = read_manifest(self.path)
        with zipfile.ZipFile(self.path) as archive:
            self._places = {
                entry.filename: _Place(entry.header_offset, entry.compress_size, entry.compress_type)
                for entry in archive.infolist()
            }
        for item in self.manifest.items:
            if item.name not in self._places or (item.pair is not None and item.pair not in self._places):
                raise UserError(f"{self.path} lacks {item.name}, which its manifest names; pack the pictures again.")
        self._items: tuple[Item, ...] = self.manifest.items
        self._settle()

    def _settle(self) -> None:
        self.labels: npt.NDArray[np.int64] = np.array([item.label for item in self._items], dtype=np.int64)
        content = hashlib.sha256()
        content.update(json.dumps([self.resolution, self.channels, self.classes]).encode())
        if self.manifest.roll is not None:
            content.update(self.manifest.roll.model_dump_json().encode())
        for item in self._items:
            content.update(f"\n{item.sha256} {item.label} {item.pair_sha256 or ''}".encode())
        self.sha256 = content.hexdigest()

    def __len__(self) -> int:
        return len(self._items)

    @property
    def items(self) -> tuple[Item, ...]:
        """The manifest entry of each picture, in index order."""
        return self._items

    @property
    def resolution(self) -> int:
        """Side of every picture, in pixels."""
        return self.manifest.resolution

    @property
    def channels(self) -> int:
        """1 (grey) or 3 (RGB)."""
        return self.manifest.channels

    @property
    def shape(self) -> tuple[int, int, int]:
        """Height, width and channels of every item: see :attr:`ganvas.spec.DataSpec.shape`."""
        roll = self.manifest.roll
        if roll is not None:
            return roll.steps, roll.pitches, len(roll.tracks)
        return self.resolution, self.resolution, self.channels

    @property
    def classes(self) -> tuple[str, ...]:
        """Class names in label order; empty when the pictures have none."""
        return self.manifest.classes

    @property
    def paired(self) -> bool:
        """Whether each picture has a source picture it was made from."""
        return self.manifest.paired

    def split(self, part: SplitName) -> Dataset:
        """The pictures marked as this part of the set; none when the set is not divided."""
        return self.subset([index for index, item in enumerate(self._items) if item.split == part])

    def image(self, index: int) -> Pixels:
        """uint8 of :attr:`shape`; of a pair, the target.

        Raises:
            UserError: the archive was changed or damaged since it was packed.
        """
        item = self._items[index]
        pixels = self._read(item.name, item.sha256)
        return pixels if self.manifest.roll is None else from_page(pixels, self.manifest.roll)

    def source(self, index: int) -> Pixels:
        """The source of a pair: uint8 [resolution, resolution, 3]; where it is two frames, 6 channels.

        Raises:
            UserError: the data set has no pairs, or was changed or damaged since it was packed.
        """
        item = self._items[index]
        if item.pair is None or item.pair_sha256 is None:
            raise UserError(f"{self.path} has no pairs; pack a folder with source/ and target/, or set a degradation.")
        pixels = self._read(item.pair, item.pair_sha256)
        if pixels.shape[0] == 2 * pixels.shape[1]:  # two frames stand one above the other
            return np.concatenate([pixels[: pixels.shape[1]], pixels[pixels.shape[1] :]], axis=2)
        return pixels

    def _read(self, name: str, sha256: str) -> Pixels:
        return decode_png(self.file(name, sha256))

    def file(self, name: str, sha256: str) -> bytes:
        """The bytes of a file in the archive, checked.

        Raises:
            UserError: it was changed or damaged since it was packed.
        """
        place = self._places[name]
        damaged = UserError(f"{name} in {self.path} was changed or damaged; pack the pictures again.")
        try:
            with self.path.open("rb") as file:
                file.seek(place.header + 26)  # the two lengths in a zip member's local header
                lengths = file.read(4)
                skip = int.from_bytes(lengths[:2], "little") + int.from_bytes(lengths[2:], "little")
                file.seek(place.header + 30 + skip)
                content = file.read(place.size)
            if place.method == zipfile.ZIP_DEFLATED:  # the archive was zipped again
                content = zlib.decompress(content, -15)
        except (OSError, zlib.error):
            raise damaged from None
        if hashlib.sha256(content).hexdigest() != sha256:
            raise damaged
        return content

    def subset(self, indices: Sequence[int] | npt.NDArray[np.int64]) -> Dataset:
        """The pictures at these indices, in this order, as a data set with a fingerprint of its own."""
        part = object.__new__(Dataset)
        part.path, part.manifest, part._places = self.path, self.manifest, self._places
        part._items = tuple(self._items[int(index)] for index in indices)
        part._settle()
        return part


class HoldOutSplit(NamedTuple):
    """Sorted indices to train on, and to hold out for evaluation."""

    train: npt.NDArray[np.int64]
    held_out: npt.NDArray[np.int64]


def hold_out(dataset: Dataset, held_out: float, seed: int) -> HoldOutSplit:
    """The pictures to train on and to hold out: by the parts of the set, or by :func:`random_hold_out`.

    A set with a test part (or, lacking that, a validation part) is trained on all that is in neither. Items of one
    group are never divided.

    Raises:
        UserError: nothing would be left to train on.
    """
    marks = [item.split for item in dataset.items]
    if "test" not in marks and "validation" not in marks:
        groups = [item.group for item in dataset.items]
        if any(group is not None for group in groups):
            return _whole_groups(groups, held_out, seed)
        return random_hold_out(len(dataset), held_out, seed)
    train = [index for index, mark in enumerate(marks) if mark in (None, "train")]
    held = [index for index, mark in enumerate(marks) if mark == ("test" if "test" in marks else "validation")]
    if not train:
        raise UserError(f"{dataset.path} has no train part, only pictures to evaluate on; pack the whole set.")
    return HoldOutSplit(np.array(train, dtype=np.int64), np.array(held, dtype=np.int64))


def random_hold_out(length: int, held_out: float, seed: int) -> HoldOutSplit:
    """Choose which pictures training never sees: share ``held_out`` of them in [0, 1), by a seeded draw.

    Raises:
        UserError: nothing would be left to train on.
    """
    if not 0 <= held_out < 1:
        raise UserError(f"held_out is a share of the pictures from 0 up to, not including, 1; it was {held_out:g}.")
    count = max(round(length * held_out), 1 if held_out > 0 else 0)
    if length - count < 1:
        raise UserError(f"Holding {count} of {length} pictures out leaves none to train on; lower held_out.")
    order = np.random.default_rng((seed, 0x5EED)).permutation(length).astype(np.int64)
    return HoldOutSplit(np.sort(order[count:]), np.sort(order[:count]))


def _whole_groups(groups: Sequence[str | None], held_out: float, seed: int) -> HoldOutSplit:
    """Hold whole groups out, by a seeded draw, until they make up the share; an item without a group is one."""
    wanted = random_hold_out(len(groups), held_out, seed).held_out
    names = [f"\n{index}" if group is None else group for index, group in enumerate(groups)]
    sizes = Counter(names)
    known, chosen, count = sorted(sizes), set[str](), 0
    for index in np.random.default_rng((seed, 0x5EED)).permutation(len(known)):
        if count >= len(wanted) or len(chosen) == len(known) - 1:
            break
        chosen.add(known[index])
        count += sizes[known[index]]
    marked = np.array([name in chosen for name in names])
    return HoldOutSplit(np.flatnonzero(~marked).astype(np.int64), np.flatnonzero(marked).astype(np.int64))
