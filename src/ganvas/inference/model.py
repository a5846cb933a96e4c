"""A trained model that generates and translates pictures in Python."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from ganvas.curate.images.decode import DecodeOptions, PictureError, open_image
from ganvas.errors import UserError
from ganvas.inference.generate import check_psi, class_in_turn, class_number, generate
from ganvas.inference.reference import domain_number, translate_one
from ganvas.inference.session import TorchSession
from ganvas.inference.translate import direction_into, has_numbers, prepare_picture, prepare_source, translate
from ganvas.inference.whole import AnswerSize, multiple_of, translate_whole, whole_source
from ganvas.models.batches import ReferenceRequest, SynthesisRequest, TranslationRequest
from ganvas.models.capabilities import Enlarges
from ganvas.models.family import Family
from ganvas.spec import DataSpec
from ganvas.tasks import TASKS
from ganvas.tasks.pictures import Pictures


@dataclass(frozen=True)
class Model:
    """A trained model on the CPU, in evaluation mode.

    Attributes:
        path: Folder of the run or of the bundle.
        name: Name of the model.
        family: The networks, with averaged weights where there are any.
        kimg: Length of the training, in thousands of pictures shown to the discriminator.
    """

    path: Path
    name: str
    family: Family
    kimg: float

    @property
    def nimg(self) -> int:
        """Length of the training, in pictures."""
        return round(self.kimg * 1000)

    @property
    def task(self) -> str:
        """The task: ``synthesis`` models generate, all others translate."""
        return self.family.task

    @property
    def data(self) -> DataSpec:
        """How pictures are prepared: resolution, channels, crop, classes."""
        return self.family.data

    def generate(self, seeds: Iterable[int], class_: str | int | None = None, psi: float = 1.0) -> list[Image.Image]:
        """Generate one picture per seed; the same seed always gives the same picture.

        Args:
            seeds: Whole numbers, 0 or more.
            class_: Name or number of a class; None: consecutive seeds take the classes in turn.
            psi: Truncation in [-2, 2]; 1: none, 0: no variation.

        Raises:
            UserError: The model translates pictures, or lacks the class or the truncation.
        """
        family, numbers = self.family, list(seeds)
        TASKS[family.task].require(SynthesisRequest, self.name)
        check_psi(family, psi)
        if any(seed < 0 for seed in numbers):
            raise UserError("Seeds are whole numbers, 0 or more; give another seed.")
        classes = family.data.classes
        label = class_number(classes, None if class_ is None else str(class_))
        labels = [class_in_turn(seed, len(classes)) if label is None else label for seed in numbers]
        batches = generate(TorchSession(family), family.z_dim, numbers, labels, psi)
        return [_to_image(picture) for batch in batches for picture in batch]

    def translate(
        self,
        image: Image.Image | Path | str,
        *,
        to: str | None = None,
        reference: Image.Image | Path | str | None = None,
        seed: int = 0,
        prepared: bool = False,
        size: AnswerSize = "square",
    ) -> Image.Image:
        """Translate or enlarge one picture.

        Args:
            image: The picture, or its path.
            to: Unpaired: the domain to translate to, ``A``, ``B`` or its name; None: B. By reference: its name or
                number; None: the first.
            reference: By reference: the picture whose style to take, or its path; None: a random style by ``seed``.
            seed: Seed of a random style, and of a degradation that makes the source from the picture.
            prepared: The picture is the model's own input (a drawing, for instance): it is only resized.
            size: ``square``: the square of training; ``keep``: the picture's own size; a number: pixels of the shorter
                side, in the picture's shape. Of models without reference whose networks take any size.

        Raises:
            UserError: The model generates from seeds, or the picture or the size cannot be used.
        """
        family, data = self.family, self.family.data
        spec = TASKS[family.task]
        try:
            if spec.request is ReferenceRequest:
                style = None if reference is None else prepare_picture(data, _open(reference, data))
                source = prepare_picture(data, _open(image, data), prepared=prepared)
                label = 0 if to is None else domain_number(data.classes, to)
                return _to_image(translate_one(family, source, label, style, seed=seed))
            spec.require(TranslationRequest, self.name)
            enlarges = isinstance(family, Enlarges)
            rng = np.random.default_rng((seed, 0))
            opened = _open(image, data, labels=has_numbers(data))
            multiple = None if size == "square" or enlarges else multiple_of(family, self.name)
            if multiple is not None:
                whole = whole_source(data, opened, size, prepared=prepared, rng=rng)
                direction, maps = direction_into(family, to), data.labels > 0
                return _to_image(
                    translate_whole(TorchSession(family), whole, multiple, direction=direction, labels=maps)
                )
            source = prepare_source(data, opened, enlarges=enlarges, prepared=prepared, rng=rng)
        except PictureError as error:
            raise UserError(f"The picture cannot be used ({error}); choose another.") from None
        direction = direction_into(family, to)
        return _to_image(translate(TorchSession(family), data, source, enlarges=enlarges, direction=direction))


def _open(image: Image.Image | Path | str, data: DataSpec, *, labels: bool = False) -> Image.Image:
    if isinstance(image, Image.Image):
        return image if labels else image.convert("RGB")
    return open_image(Path(image), DecodeOptions.of(data), labels=labels)


def _to_image(picture: Pictures) -> Image.Image:
    """uint8 [H, W, 1 or 3] as a grey or RGB image."""
    return Image.fromarray(picture[..., 0] if picture.shape[2] == 1 else picture)
