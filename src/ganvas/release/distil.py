"""Pairs of pictures of two generators from equal latents, which train a translator that does in one pass what they do.

A photograph would have to be projected to a latent before a joined generator could change it. A network that is
trained on pairs (picture of one model, picture of the other, of the same latent) takes milliseconds instead
(Viazovetskyi et al. 2020, "StyleGAN2 distillation for feed-forward image manipulation").
"""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from ganvas.bundle import Credit
from ganvas.curate.images.decode import encode_png
from ganvas.errors import UserError
from ganvas.files import replacing_folder
from ganvas.inference.generate import check_psi, class_in_turn, generate
from ganvas.inference.load import load_model
from ganvas.inference.model import Model
from ganvas.inference.session import TorchSession
from ganvas.models.batches import SynthesisRequest
from ganvas.models.capabilities import Truncates
from ganvas.release.blend import digest
from ganvas.tasks import TASKS
from ganvas.train.start_source import open_source

RECORD, CREDITS = "pairs.json", "CREDITS.txt"
BATCH_SIZE = 16
PSI = 0.7  # of models with truncation: fewer failed pictures, at the cost of variety


class PairSet(NamedTuple):
    """A folder of pairs: ``source`` and ``target`` with equal file names, their record and credits.

    Attributes:
        folder: Where it is.
        pairs: How many pairs.
        resolution: Side of the pictures in pixels.
        reused: The pairs of just these models and seeds were there already.
    """

    folder: Path
    pairs: int
    resolution: int
    reused: bool


def write_pairs(
    source: Path,
    teacher: Path,
    folder: Path,
    count: int,
    *,
    seed: int = 0,
    psi: float | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> PairSet:
    """Generate pairs of pictures of two models, each from one latent.

    Args:
        source: The model of the sources, a run or a bundle.
        teacher: The model of the targets, such as one that ``ganvas blend`` made from it.
        folder: Where the pairs are written; an earlier set of pairs there is replaced.
        count: How many pairs.
        seed: The first seed.
        psi: Truncation of both; None: ``PSI`` where both have truncation.
        progress: Called with how many pairs are done and how many there are.

    Raises:
        UserError: The models do not make pictures of one size from the same latents, or the folder is taken.
    """
    models = load_model(source), load_model(teacher)
    _check(models, count)
    truncated = all(isinstance(model.family, Truncates) for model in models)
    psi = (PSI if truncated else 1.0) if psi is None else psi
    for model in models:
        check_psi(model.family, psi)
    _check_replaceable(folder)
    record = _record(models, count, seed, psi)
    side = models[0].data.resolution
    if _recorded(folder) == record:
        return PairSet(folder, count, side, reused=True)
    with replacing_folder(folder) as new:
        for name, model in zip(("source", "target"), models, strict=True):
            (new / name).mkdir()
            done = count if name == "target" else 0
            _write_pictures(new / name, model, range(seed, seed + count), psi, progress, done)
        (new / CREDITS).write_text(_credits((source, teacher)), encoding="utf-8")
        (new / RECORD).write_text(json.dumps(record, indent=1), encoding="utf-8")
    return PairSet(folder, count, side, reused=False)


def _check(models: tuple[Model, Model], count: int) -> None:
    for model in models:
        TASKS[model.task].require(SynthesisRequest, model.name)
    one, other = models
    wanted, found = (
        (model.family.z_dim, model.data.resolution, model.data.channels, model.data.classes) for model in models
    )
    if wanted != found:
        raise UserError(
            f"{one.name} and {other.name} do not take the same latents, or differ in the size, the channels or the "
            "classes of their pictures; give a model and the one that `ganvas blend` made from it."
        )
    if digest(one.family) == digest(other.family):
        raise UserError(f"{one.name} and {other.name} are the same model, so their pairs would be equal pictures.")
    if count < 1:
        raise UserError(f"--pairs must be 1 or more, not {count}.")


def _check_replaceable(folder: Path) -> None:
    if folder.exists() and not (folder / RECORD).is_file() and (not folder.is_dir() or any(folder.iterdir())):
        raise UserError(
            f"{folder} exists and is no set of pairs; choose another folder, so that nothing in it is lost."
        )


def _record(models: tuple[Model, Model], count: int, seed: int, psi: float) -> dict[str, Any]:
    described = [{"name": model.name, "kimg": model.kimg, "digest": digest(model.family)} for model in models]
    return {"source": described[0], "target": described[1], "count": count, "seed": seed, "psi": psi}


def _recorded(folder: Path) -> Any:
    try:
        return json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _write_pictures(
    folder: Path,
    model: Model,
    seeds: range,
    psi: float,
    progress: Callable[[int, int], None] | None,
    done: int,
) -> None:
    classes = len(model.data.classes)
    labels = [class_in_turn(seed, classes) for seed in seeds]
    batches = generate(TorchSession(model.family), model.family.z_dim, seeds, labels, psi, batch_size=BATCH_SIZE)
    pictures = iter(picture for batch in batches for picture in batch)
    for number, picture in enumerate(islice(pictures, len(seeds))):
        (folder / f"{number:06d}.png").write_bytes(encode_png(picture))
        if progress is not None:
            progress((done + number + 1), 2 * len(seeds))


def _credits(paths: tuple[Path, Path]) -> str:
    """The credits of both models as the text that is packed with the pairs."""
    found: list[Credit] = []
    for path in paths:
        found += [credit for credit in open_source(path).credits if credit not in found]
    lines = ["These pictures were made by models, which were made from what is listed here."]
    for credit in found:
        facts = [f"{credit.count:,} pictures" if credit.count else "", credit.licence or "", credit.source or ""]
        lines += ["", " · ".join([credit.name, *filter(None, facts)]), *filter(None, [credit.text.strip()])]
    return "\n".join(lines) + "\n"
