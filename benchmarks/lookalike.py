"""How well a face is found again by its angles, beside other ways; ``lookalike_stability.py`` measures the rest.

    python benchmarks/lookalike.py PORTRAITS OTHERS [--processes 2] [--write-reference FILE]

PORTRAITS holds one photograph per person, OTHERS a folder per person, named as the portrait, with further ones. People
are divided by a checksum of their names: the angles, the metric and every constant were chosen on one half
(development), and the tables are about the other half (test). ``--write-reference`` writes the statistics of the
development half that ship with the package.

Two files may be the same photograph: pairs whose aligned faces correlate by 0.85 or more after registration, or whose
embeddings have a cosine of 0.9 or more, do not count.
"""

from __future__ import annotations

import argparse
import datetime
import zlib
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata, spearmanr

from ganvas.apps.lookalike.angles import ANGLES, MAX_TURN, FaceAngles, angles_of
from ganvas.apps.lookalike.compare import SAME_PERSON, Comparer
from ganvas.apps.lookalike.gallery import Gallery, GalleryArrays, GalleryInfo, Photograph
from ganvas.apps.lookalike.measure import DRAWN, LEAST_EYES, mean_angles, mirror_landmarks
from ganvas.apps.lookalike.metric import (
    Population,
    ledoit_wolf,
    reference,
    reference_text,
    robust_location,
    within_covariance,
)
from ganvas.apps.lookalike.slopes import axis_difference, mean_axis, slopes_of
from ganvas.curate.faces import align
from ganvas.curate.faces.batch import fetch_networks, pixels_of, reader, single_thread
from ganvas.curate.faces.face import face_of
from ganvas.curate.faces.pose import frontal_points
from ganvas.curate.images.decode import PictureError
from ganvas.curate.ordered_map import ordered_map

Array = NDArray[Any]
SAME_PIXELS, SAME_EMBEDDING = 0.85, 0.9
ABOUT = "Official portraits of members of the United States Congress (public domain) and second photographs of them"


class Read(NamedTuple):
    """A photograph: landmarks [468, 3], embedding [128], aligned grey face [64, 64], landmarks in the mirror image."""

    landmarks: Array
    embedding: Array
    grey: Array
    mirrored: Array | None = None

    @property
    def angles(self) -> FaceAngles:
        """As the application measures them."""
        return mean_angles(angles_of(self.landmarks), self.mirrored)


class Pair(NamedTuple):
    """Positions of the two photographs of one person."""

    portrait: int
    other: int


class Data(NamedTuple):
    """``reads`` of all usable photographs; ``portraits`` and ``pairs`` of one half of the people."""

    reads: list[Read]
    portraits: list[int]
    pairs: list[Pair]


def read(source: Path | Array) -> Read | None:
    """One photograph, or None where it has no face, or one that is too small or turned too far."""
    try:
        picture = pixels_of(source)
    except PictureError:
        return None
    faces = reader().faces(picture)
    if not faces or max(abs(faces[0].yaw), abs(faces[0].pitch)) > MAX_TURN or faces[0].eye_distance < LEAST_EYES:
        return None
    grey = cv2.cvtColor(align(picture, faces[0], 64).pixels, cv2.COLOR_RGB2GRAY)
    mirrored = mirror_landmarks(picture, faces[0], reader())
    return Read(faces[0].landmarks, reader().embed(picture, faces[0]), grey, mirrored)


def same_photograph(one: Read, other: Read) -> bool:
    """Whether two files are likely to be one photograph."""
    if float(one.embedding @ other.embedding) >= SAME_EMBEDDING:
        return True
    small, large = (cv2.GaussianBlur(each.grey, (0, 0), 1).astype(np.float32) for each in (one, other))
    small = np.ascontiguousarray(small[10:60, 12:52])
    plain = float(np.corrcoef(small.ravel(), large[10:60, 12:52].ravel())[0, 1])
    shift, everywhere = np.array([[1, 0, 12], [0, 1, 10]], np.float32), np.ones(large.shape, np.uint8)
    try:
        found = cv2.findTransformECC(small, large, shift, cv2.MOTION_AFFINE, (3, 60, 1e-4), everywhere, 3)[0]
    except cv2.error:
        found = plain
    return bool(max(plain, found) >= SAME_PIXELS)


def gather(portraits: Path, others: Path, processes: int) -> tuple[Data, Data]:
    """The development half and the test half."""
    people = {path.stem: [path] for path in sorted(portraits.iterdir()) if path.is_file()}
    for person, paths in people.items():
        paths += sorted((others / person).iterdir()) if (others / person).is_dir() else []
    files = [(person, number, path) for person, paths in people.items() for number, path in enumerate(paths)]
    fetch_networks()
    found = list(ordered_map(read, [path for *_, path in files], processes=processes, initializer=single_thread))
    halves = Data([], [], []), Data([], [], [])
    twice = 0
    for person in people:
        data = halves[zlib.crc32(person.encode()) % 2]
        reads = {number: found[at] for at, (name, number, _) in enumerate(files) if name == person}
        first = reads[0]
        if first is None:
            continue
        data.reads.append(first)
        data.portraits.append(len(data.reads) - 1)
        for number, other in sorted(reads.items()):
            if number and other is not None:
                if same_photograph(first, other):
                    twice += 1
                    continue
                data.reads.append(other)
                data.pairs.append(Pair(data.portraits[-1], len(data.reads) - 1))
                break
    print(f"{len(people)} people, {len(files)} files; {sum(one is None for one in found)} without a face, or with")
    print(f"a small or a turned one; {twice} the same photograph as the portrait.")
    for name, data in zip(("development", "test"), halves, strict=True):
        print(f"{name}: {len(data.portraits)} people, {len(data.pairs)} of them with another photograph")
    return halves


def population_of(data: Data) -> Population:
    """Median and scale of the portraits, covariance within persons of the pairs."""
    values = np.stack([one.angles.values for one in data.reads])
    median, scale = robust_location(values[data.portraits])
    both = np.array(data.pairs)
    people = np.repeat(np.arange(len(both)), 2)
    return Population(median, scale, within_covariance(values[both.ravel()], people, median, scale))


def strangers_of(data: Data, population: Population, count: int = 1000) -> Array:
    """Similarities of random pairs of strangers [count, 2]."""
    rng = np.random.default_rng(0)
    one, other = rng.choice(data.portraits, (2, 2 * count))
    keep = np.flatnonzero(one != other)[:count]
    values = np.stack([each.angles.values for each in data.reads])
    directions = population.directions(values)
    embeddings = np.stack([each.embedding for each in data.reads])
    pairs = zip(one[keep], other[keep], strict=True)
    return np.array([(directions[a] @ directions[b], embeddings[a] @ embeddings[b]) for a, b in pairs])


def gallery_of(data: Data) -> Gallery:
    """The portraits as a gallery."""
    reads = [data.reads[at] for at in data.portraits]
    angles = [one.angles for one in reads]
    arrays = GalleryArrays(
        np.stack([one.values for one in angles]).astype(np.float32),
        np.stack([one.differences for one in angles]).astype(np.float32),
        np.stack([one.embedding for one in reads]),
        np.stack([frontal_points(one.landmarks)[list(DRAWN), :2] for one in reads]).astype(np.float32),
    )
    info = GalleryInfo(
        schema=1,
        angles=1,
        name="test",
        consent="public domain",
        made=datetime.date(2026, 1, 1),
        delete_after=None,
        people=tuple(map(str, data.portraits)),
        photographs=tuple(Photograph(person=n, file=str(n), sha256="") for n in range(len(reads))),
    )
    return Gallery(info, arrays)


# ── Finding people again ────────────────────────────────────────────────────────────────────────────────────────────


def distances(one: Array, other: Array, covariance: Array | None = None) -> Array:
    """Euclidean, or Mahalanobis, between rows: [N, M]."""
    if covariance is not None:
        white = np.linalg.cholesky(np.linalg.inv(covariance))
        one, other = one @ white, other @ white
    squares: Array = (one**2).sum(1)[:, None] + (other**2).sum(1)[None] - 2 * one @ other.T
    return np.sqrt(np.maximum(squares, 0))


def methods(data: Data, development: Data, comparer: Comparer) -> dict[str, Array]:
    """Distances [pairs, people] between the other photographs and the portraits by each method."""
    probes, people = [pair.other for pair in data.pairs], data.portraits
    values = np.stack([one.angles.values for one in data.reads])
    embeddings = np.stack([one.embedding for one in data.reads]).astype(np.float64)
    shape = np.stack([frontal_points(one.landmarks).ravel() for one in data.reads])
    population = comparer.population
    z = population.scores(values)
    total = ledoit_wolf(z[people] - z[people].mean(0))
    within = population.within / np.outer(population.scale, population.scale)
    directions = population.directions(values)
    cosine = directions[probes] @ directions[people].T
    face = embeddings[probes] @ embeddings[people].T
    both = np.stack([cosine, face], -1).reshape(-1, 2)
    slopes = np.stack([slopes_of(one.landmarks) for one in data.reads])
    turned = axis_difference(slopes, mean_axis(slopes[people], axis=0))
    scale = 1.4826 * np.median(np.abs(turned[people]), axis=0)
    turned = np.clip(turned / scale, -4, 4)
    learned = np.stack([slopes_of(development.reads[at].landmarks) for pair in development.pairs for at in pair])
    apart = axis_difference(learned[::2], learned[1::2]) / scale / np.sqrt(2)
    lined = turned @ np.linalg.cholesky(np.linalg.inv(ledoit_wolf(np.clip(apart, -4, 4))))
    lined /= np.linalg.norm(lined, axis=1, keepdims=True)
    return {
        "coordinates of the 468 points": distances(shape[probes], shape[people]),
        "angles, uniform weights": distances(z[probes], z[people]),
        "angles, Mahalanobis, covariance of people": distances(z[probes], z[people], total),
        "angles, Mahalanobis, covariance within persons": distances(z[probes], z[people], within),
        "11 slopes, doubled, within persons": 1 - lined[probes] @ lined[people].T,
        "**angles, cosine within persons (shipped)**": 1 - cosine,
        "half and half": -comparer.mix(both, 0.5).reshape(cosine.shape),
        "SFace": 1 - face,
    }


def found_again(apart: Array, truth: Array) -> tuple[Array, Array]:
    """Rank of the person [N], 0 the first, and the area under the curve of each probe's own comparisons [N]."""
    own = apart[np.arange(len(apart)), truth]
    return (apart < own[:, None]).sum(1), own


def area(apart: Array, truth: Array) -> float:
    """Area under the ROC curve: the probability that a person is nearer than a stranger."""
    own = apart[np.arange(len(apart)), truth]
    strangers = apart[np.arange(apart.shape[1])[None] != truth[:, None]]
    ranks = rankdata(np.concatenate([own, strangers]))[: len(own)]
    return float(1 - (ranks.sum() - len(own) * (len(own) + 1) / 2) / len(own) / len(strangers))


def interval(values: Array) -> str:
    """Mean and 95 % interval of the bootstrap over people, in per cent."""
    rng = np.random.default_rng(0)
    means = values[rng.integers(0, len(values), (2000, len(values)))].mean(1)
    low, high = np.percentile(means, [2.5, 97.5])
    return f"{values.mean():.1%} ({low:.0%}–{high:.0%})"


def recognition(data: Data, development: Data, comparer: Comparer) -> None:
    """The table of all methods."""
    truth = np.array([data.portraits.index(pair.portrait) for pair in data.pairs])
    count = len(data.portraits)
    print(f"\n{len(truth)} photographs, each looked for among {count} portraits of the test half")
    print("| method | rank 1 | rank 1 to 5 | ROC AUC | median rank |")
    print("|---|---|---|---|---|")
    print(f"| chance | {1 / count:.1%} | {5 / count:.1%} | 0.500 | {count // 2} |")
    for name, apart in methods(data, development, comparer).items():
        rank, _ = found_again(apart, truth)
        figures = f"{interval(rank == 0)} | {interval(rank < 5)} | {area(apart, truth):.3f} | {np.median(rank) + 1:.0f}"
        print(f"| {name} | {figures} |")
    rank, _ = found_again(1 - _cosines(data, comparer), truth)
    turns = np.array([_turn_between(data, pair) for pair in data.pairs])
    edges = np.quantile(turns, [0, 1 / 3, 2 / 3, 1])
    for low, high in pairwise(edges):
        some = (turns >= low) & (turns <= high)
        print(f"heads {low:.0f}° to {high:.0f}° apart: rank 1 {(rank[some] == 0).mean():.0%}, 1 to 5 ", end="")
        print(f"{(rank[some] < 5).mean():.0%} of {some.sum()}")


def _cosines(data: Data, comparer: Comparer) -> Array:
    values = np.stack([data.reads[pair.other].angles.values for pair in data.pairs])
    return comparer.population.directions(values) @ comparer.directions.T


def _turn_between(data: Data, pair: Pair) -> float:
    one, other = (face_of(data.reads[at].landmarks, 1, 1, (0, 0)) for at in pair)
    return max(abs(one.yaw - other.yaw), abs(one.pitch - other.pitch))


def agreement(data: Data, comparer: Comparer) -> None:
    """Shape against SFace, and one photograph of a person against another."""
    shape = comparer.directions @ comparer.directions.T
    face = comparer.embeddings @ comparer.embeddings.T
    upper = np.triu_indices(len(shape), 1)
    rank = spearmanr(shape[upper], face[upper])[0]
    print(f"\nShape and SFace over {len(upper[0])} pairs of strangers: Spearman {rank:.3f}")
    np.fill_diagonal(shape, -2)
    np.fill_diagonal(face, -2)
    print(f"of the ten nearest by either, {overlap(shape, face):.1f} are shared (chance {100 / (len(shape) - 1):.2f})")
    truth = np.array([data.portraits.index(pair.portrait) for pair in data.pairs])
    first, second = shape[truth], _cosines(data, comparer)
    others = np.stack([data.reads[pair.other].embedding for pair in data.pairs]) @ comparer.embeddings.T
    known = face[truth]
    own = others[np.arange(len(truth)), truth]
    rest = np.delete(others.ravel(), np.arange(len(truth)) * others.shape[1] + truth)
    for one in (second, others):
        one[np.arange(len(truth)), truth] = -2
    kept = f"{overlap(first, second):.1f} of the ten nearest by shape stay, {overlap(known, others):.1f} by SFace"
    print(f"from another photograph of the person {kept}")
    print(f"at a cosine of {SAME_PERSON}: {np.mean(own >= SAME_PERSON):.1%} of the same people and ", end="")
    print(f"{np.mean(rest >= SAME_PERSON):.3%} of pairs of strangers are left out")


def overlap(one: Array, other: Array, most: int = 10) -> float:
    """The mean number of columns that are among the ``most`` largest of both, by row."""
    best = [np.argsort(-each, axis=1)[:, :most] for each in (one, other)]
    return float(np.mean([len(set(a) & set(b)) for a, b in zip(*best, strict=True)]))


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("portraits", type=Path)
    parser.add_argument("others", type=Path)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--write-reference", type=Path)
    given = parser.parse_args()
    single_thread()
    development, test = gather(given.portraits, given.others, given.processes)
    population = population_of(development)
    if given.write_reference:
        text = reference_text(population, strangers_of(development, population), ABOUT)
        given.write_reference.write_text(text, encoding="utf-8")
        print(f"wrote {given.write_reference}: run again without the option")
        return
    assert np.allclose(reference().population.within, population.within, atol=0.01), (
        "the reference is of other pictures"
    )
    comparer = Comparer(gallery_of(test))
    print(f"{len(ANGLES)} angles")
    recognition(test, development, comparer)
    agreement(test, comparer)


if __name__ == "__main__":
    main()
