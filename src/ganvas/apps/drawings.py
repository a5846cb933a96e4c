"""Evaluates the portraits that a bundle generates from drawings, with and without projection onto real sketches.

Portraits are generated from each drawing as it is (t = 1) and projected towards real sketches (smaller t, some k). Each
set of options is measured by the distance of its portraits from real ones (KID), by how often and how confidently a
face is detected in them, and, where there is a photograph of the expected portrait, by PSNR, SSIM and LPIPS.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from rich.table import Table

from ganvas.apps.contact_sheet import sheet
from ganvas.apps.portrait import PortraitGenerator, PortraitRequest, parts_of
from ganvas.bundle import MANIFEST, read_bundle
from ganvas.crops import FACE_CROPS
from ganvas.curate.dataset.dataset import Dataset
from ganvas.curate.dataset.pack import pack_like
from ganvas.curate.file_kinds import PICTURE_SUFFIXES
from ganvas.curate.file_names import name_key
from ganvas.curate.images.decode import DecodeOptions, PictureError, open_image
from ganvas.curate.images.face_crop import face_matrix
from ganvas.curate.images.prepare import prepare_image
from ganvas.curate.own_folders import files_below
from ganvas.curate.sketch.drawings import read_drawing
from ganvas.errors import UserError
from ganvas.evaluate import fidelity
from ganvas.evaluate.fidelity import Result
from ganvas.evaluate.protocol import missing_lpips
from ganvas.evaluate.similarity import Similarity, similarity
from ganvas.files import write_atomically
from ganvas.inference.load import load_run
from ganvas.inference.picture_files import write_picture
from ganvas.inference.translate import prepare_picture
from ganvas.models.features import Features, load_features
from ganvas.runs.folder import RunDir
from ganvas.spec import DataSpec
from ganvas.tasks.pictures import sources, targets

Pictures = NDArray[np.uint8]
Progress = Callable[[int, int], None]

AUTO, STROKES = "auto", ".json"
FACE = 0.5  # detector confidence from which there is a face
FAINT = 0.1  # lowest confidence that is read, so that a nearly detected face counts for more than none
MAX_SHOWN = 24  # drawings on a sheet
BATCH_SIZE = 8


class DrawingCase(NamedTuple):
    """A drawing uint8 [R, R, 1], and the photograph uint8 [R, R, C] that its portrait should be, if there is one."""

    name: str
    drawing: Pictures
    photo: Pictures | None = None


class PortraitOptions(NamedTuple):
    """Options of portraits: the share ``t`` of the drawing itself that stays, and the ``k`` nearest real sketches."""

    k: int
    t: float

    @property
    def label(self) -> str:
        """Its name in tables."""
        return "as drawn" if self.t == 1 else f"k {self.k}, t {self.t:g}"


class PortraitResults(NamedTuple):
    """Portraits uint8 [N, R, R, C] by one set of options (None: real portraits), and their metrics."""

    options: PortraitOptions | None
    portraits: Pictures
    results: list[Result]


# ── What is painted ─────────────────────────────────────────────────────────────────────────────────────────────────


def drawings_in(place: Path, data: DataSpec, photos: Path | None = None) -> list[DrawingCase]:
    """The drawings in a folder: stroke files of the Draw page, and pictures.

    A drawing fills the paper as on the Draw page, with the face where the page outlines it. A picture beside a
    photograph of its name is cut as that one is, so that the face comes to stand where the model expects it.

    Args:
        photos: Photographs with the names of the drawings; a drawing without one has nothing that it should be.

    Raises:
        UserError: There are no drawings, no name matches, or a file cannot be used.
    """
    files = [
        file for file in _files(place) if file.suffix.lower() == STROKES or file.suffix.lower() in PICTURE_SUFFIXES
    ]
    if not files:
        raise UserError(f"There are no drawings in {place}: give a folder of pictures or of the Draw page's files.")
    known = (
        {}
        if photos is None
        else {name_key(file.stem): file for file in _files(photos) if file.suffix.lower() in PICTURE_SUFFIXES}
    )
    cases = [_case(file, data, known.get(name_key(file.stem))) for file in files]
    if photos is not None and not any(case.photo is not None for case in cases):
        raise UserError(f"No photograph in {photos} has the name of a drawing in {place}: rename one or the other.")
    return cases


def sketched(portraits: Dataset, data: DataSpec) -> list[DrawingCase]:
    """Real portraits as drawings, each with itself as the expected portrait."""
    every = range(len(portraits))
    pairs = zip(sources(portraits, data, every), targets(portraits, every), strict=True)
    return [
        DrawingCase(Path(portraits.items[i].source).stem, drawing, photo) for i, (drawing, photo) in enumerate(pairs)
    ]


def portraits_in(place: Path, data: DataSpec) -> Dataset:
    """Real portraits to compare with, cropped as the model's own were.

    Raises:
        UserError: There are none.
    """
    return Dataset(pack_like(place, data).path)


def _files(place: Path) -> list[Path]:
    if place.is_file():
        return [place]
    if not place.is_dir():
        raise UserError(f"There is no {place}: give a folder.")
    return [file for file in files_below(place) if not file.name.startswith(".")]


def _case(file: Path, data: DataSpec, photo: Path | None) -> DrawingCase:
    side = data.resolution
    try:
        if file.suffix.lower() == STROKES:
            drawing = read_drawing(file).rendered(side)
            cut = None if photo is None else prepare_picture(data, open_image(photo, DecodeOptions.of(data)))
            return DrawingCase(file.stem, drawing, cut)
        picture = open_image(file)
        if photo is None:
            return DrawingCase(file.stem, prepare_image(picture, side, "stretch", 1))
        return DrawingCase(file.stem, *_cut_alike(picture, open_image(photo, DecodeOptions.of(data)), data))
    except PictureError as error:
        raise UserError(f"{file} cannot be judged ({error}): take it away or replace it.") from None


def _cut_alike(drawing: Image.Image, photo: Image.Image, data: DataSpec) -> tuple[Pictures, Pictures]:
    side = data.resolution
    drawing = drawing.resize(photo.size, Image.Resampling.LANCZOS)
    if data.crop not in FACE_CROPS:
        return prepare_image(drawing, side, data.crop, 1), prepare_picture(data, photo)
    matrix = face_matrix(np.asarray(photo), side, data.crop)
    from ganvas.curate.faces import cut_square

    whole = cut_square(np.asarray(photo), matrix, side).pixels
    lines = cut_square(np.asarray(drawing.convert("RGB")), matrix, side).pixels
    return prepare_image(Image.fromarray(lines), side, "stretch", 1), prepare_image(
        Image.fromarray(whole), side, "stretch", data.channels
    )


# ── Judging ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def option_grid(neighbours: Sequence[int], shares: Sequence[float]) -> list[PortraitOptions]:
    """The options to compare: as drawn, and every k with every t below 1."""
    towards = [PortraitOptions(k, t) for t in sorted(set(shares), reverse=True) if t < 1 for k in neighbours]
    return [PortraitOptions(1, 1.0), *towards]


def judge(
    generator: PortraitGenerator,
    cases: Sequence[DrawingCase],
    reals: Dataset,
    chosen: Sequence[PortraitOptions],
    features: Features,
    progress: Progress | None = None,
) -> list[PortraitResults]:
    """Generate portraits of all drawings with every set of options and measure them; the first results are those of the
    real portraits.

    Args:
        reals: Portraits that were not trained on; four or more.
        progress: Called with (done, all) portraits.

    Raises:
        UserError: There are too few pictures, or weights that cannot be had.
    """
    real = targets(reals, range(len(reals)))
    known = fidelity.extract([torch.from_numpy(real)], features)
    faces = _FaceFinder()
    answers = [PortraitResults(None, real, faces.results(real))]
    whole = len(cases) * len(chosen)
    for turn, way in enumerate(chosen):
        portraits: list[Pictures] = []
        for start in range(0, len(cases), BATCH_SIZE):
            portraits += _portraits(generator, cases[start : start + BATCH_SIZE], way)
            if progress is not None:
                progress(turn * len(cases) + len(portraits), whole)
        made = np.stack(portraits)
        kid = fidelity.measure("kid", known, fidelity.extract([torch.from_numpy(made)], features), features)
        assert kid is not None
        results = [kid, *faces.results(made), *_likeness(made, cases)]
        told: dict[str, Any] = {"k": way.k, "t": way.t}
        answers.append(PortraitResults(way, made, [one._replace(protocol=one.protocol | told) for one in results]))
    return answers


def _portraits(generator: PortraitGenerator, cases: Sequence[DrawingCase], way: PortraitOptions) -> Iterator[Pictures]:
    for portrait in generator.generate_batch([PortraitRequest(case.drawing, way.k, way.t) for case in cases]):
        yield portrait.portrait


def _likeness(made: Pictures, cases: Sequence[DrawingCase]) -> list[Result]:
    with_photo = [index for index, case in enumerate(cases) if case.photo is not None]
    if not with_photo:
        return []
    photos = np.stack([photo for case in cases if (photo := case.photo) is not None])
    wanted: list[Similarity] = ["psnr", "ssim"] if missing_lpips() else ["psnr", "ssim", "lpips_alex"]
    return similarity([(torch.from_numpy(made[with_photo]), torch.from_numpy(photos))], wanted)


class _FaceFinder:
    def __init__(self) -> None:
        try:
            from ganvas.curate.faces import FaceReader
        except ImportError:
            raise UserError("Finding faces needs the extra: pip install 'ganvas[faces]'.") from None
        self._reader = FaceReader(least=FAINT)

    def results(self, portraits: Pictures) -> list[Result]:
        """``faces``: share of portraits with a face; ``face_score``: the detector's confidence, 0 without a face."""
        scores = np.array([self._score(np.broadcast_to(one, (*one.shape[:2], 3))) for one in portraits])
        protocol = {
            "features": "face detector and 468 points",
            "features_sha256": None,
            "resize": "none",
            "real_count": 0,
            "fake_count": len(portraits),
            "least": FACE,
        }
        return [
            Result("faces", float((scores >= FACE).mean()), None, protocol),
            Result("face_score", float(scores.mean()), float(scores.std()), protocol),
        ]

    def _score(self, portrait: Pictures) -> float:
        return max((face.score for face in self._reader.faces(np.ascontiguousarray(portrait), most=1)), default=0.0)


# ── The whole of it ─────────────────────────────────────────────────────────────────────────────────────────────────


class Evaluation(NamedTuple):
    """The results, and the path of the sheet (``figures.json`` is beside it)."""

    judged: list[PortraitResults]
    sheet: Path


def evaluate_drawings(
    path: Path,
    drawings: str,
    chosen: Sequence[PortraitOptions],
    *,
    data: Path | None = None,
    photos: Path | None = None,
    features: str | None = None,
    progress: Progress | None = None,
) -> Evaluation:
    """Evaluate the portraits of a run's bundle, or of a bundle, and write a sheet and the results beside it.

    Args:
        drawings: A folder, or ``auto``: the real portraits are drawn.
        data: Real portraits to compare with; None: those that the run held out.
        photos: See :func:`drawings_in`.

    Raises:
        UserError: There is no bundle, no drawing, or no real portrait to compare with.
    """
    is_bundle = (path / MANIFEST).exists()
    opened = read_bundle(path if is_bundle else _bundle_of(path))
    parts_of(opened)
    spec = opened.info.data
    if data is not None:
        reals = portraits_in(data, spec)
    elif is_bundle:
        raise UserError(f"The bundle {path} does not hold its pictures; say with --data where real portraits are.")
    else:
        reals = load_run(RunDir(path)).held_out
    cases = sketched(reals, spec) if drawings == AUTO else drawings_in(Path(drawings), spec, photos)
    judged = judge(PortraitGenerator(opened), cases, reals, chosen, load_features(features or "auto"), progress)
    place = path.with_name(f"{path.name}-evaluation") if is_bundle else path / "evaluation"
    place = place / f"drawings-{Path(drawings).resolve().name}"
    told = [
        {"way": "real portraits" if one.options is None else one.options.label, **result._asdict()}
        for one in judged
        for result in one.results
    ]
    write_atomically(place / "figures.json", json.dumps(told, indent=1) + "\n")
    return Evaluation(judged, write_picture(place / "sheet.png", shown(cases, judged)))


def _bundle_of(path: Path) -> Path:
    run = RunDir(path)
    if not run.recipe.is_file() and not run.bundle.is_dir():
        raise UserError(f"There is neither a run nor a bundle in {path}; give a folder that `ganvas train` made.")
    if not run.bundle.is_dir():
        raise UserError(f"The run {path} has no bundle yet; make it with `ganvas export {path}`.")
    return run.bundle


def table(judged: Sequence[PortraitResults]) -> Table:
    """One row for the real portraits and per set of options, one column per metric."""
    names = list(dict.fromkeys(result.metric for one in reversed(judged) for result in one.results))
    found = Table()
    found.add_column("portraits")
    for name in names:
        found.add_column(name, justify="right")
    for one in judged:
        by_name = {result.metric: f"{result.value:.{2 if result.value >= 10 else 4}f}" for result in one.results}
        says = "real ones" if one.options is None else one.options.label
        found.add_row(says, *(by_name.get(name, "") for name in names))
    return found


def shown(cases: Sequence[DrawingCase], judged: Sequence[PortraitResults]) -> Pictures:
    """Drawing | as drawn | the other options | photograph, one row per drawing, uint8 [H, W, 3]."""
    painted = [one for one in judged if one.options is not None]
    truths = any(case.photo is not None for case in cases)
    rows = [
        [case.drawing, *(one.portraits[number] for one in painted), *([case.photo] if truths else [])]
        for number, case in enumerate(cases[:MAX_SHOWN])
    ]
    names = [
        "drawing",
        *(one.options.label for one in painted if one.options is not None),
        *(["photograph"] if truths else []),
    ]
    return sheet(rows, [case.name for case in cases[:MAX_SHOWN]], names)
