"""What bundles accept: classes, directions and pictures, checked and prepared."""

from __future__ import annotations

from PIL import Image

from ganvas.bundle import Bundle
from ganvas.curate.images.decode import NoFaceError, PictureError
from ganvas.curate.images.prepare import prepare_image
from ganvas.errors import UserError
from ganvas.inference import translate, whole
from ganvas.inference.generate import class_of_seed
from ganvas.models.batches import TranslationRequest
from ganvas.tasks import TASKS
from ganvas.tasks.pictures import Pictures


def check_label(bundle: Bundle, label: int | None, seed: int) -> int:
    """The class to generate for a seed: ``label``, or the seed's own where that is None.

    Raises:
        UserError: The bundle has no such class.
    """
    classes = bundle.info.data.classes
    if label is None:
        return class_of_seed(seed, len(classes))
    if not classes:
        raise UserError(
            f"{bundle.info.name} has no classes; leave the class out.",
            code="no-classes",
            params={"model": bundle.info.name},
        )
    if not 0 <= label < len(classes):
        raise UserError(
            f"{bundle.info.name} has classes 0 to {len(classes) - 1}, not {label}; choose one of those.",
            code="unknown-class",
            params={"model": bundle.info.name, "highest": len(classes) - 1, "label": label},
        )
    return label


def check_direction(bundle: Bundle, direction: int) -> None:
    """Check that a bundle translates in a direction.

    Raises:
        UserError: It does not translate pictures, or not in this direction.
    """
    info = bundle.info
    spec = TASKS[info.task]
    spec.require(TranslationRequest, info.name)
    if not 0 <= direction < spec.directions(info.config):
        raise UserError(
            f"{info.name} translates in one direction only; leave the direction out.",
            code="one-direction",
            params={"model": info.name},
        )


def enlarges(bundle: Bundle) -> bool:
    """Whether the bundle returns larger pictures than it takes, of any size."""
    return "enlarges" in bundle.info.capabilities


def has_heatmap(bundle: Bundle) -> bool:
    """Whether the bundle has attention maps."""
    return "heatmap" in bundle.info.capabilities


def prepare_picture(bundle: Bundle, image: Image.Image, *, prepared: bool = False, reference: bool = False) -> Pictures:
    """A picture as the bundle's training pictures were prepared, uint8 [resolution, resolution, channels].

    Args:
        bundle: The bundle.
        image: Mode RGB, upright.
        prepared: It has been cropped already.
        reference: It is the reference of a translation, for the error sentence.

    Raises:
        UserError: It cannot be used, for instance because it shows no face.
    """
    try:
        return translate.prepare_picture(bundle.info.data, image, prepared=prepared)
    except PictureError as error:
        raise _unusable(error, reference=reference) from None


def prepare_source(bundle: Bundle, image: Image.Image, *, prepared: bool) -> Pictures:
    """The bundle's source made from a picture; see :func:`ganvas.inference.translate.prepare_source`.

    Raises:
        UserError: The picture cannot be used, for instance because it shows no face.
    """
    if translate.takes_frame_pairs(bundle.info.data):
        raise UserError(
            f"{bundle.info.name} generates frames between two frames, and this is one picture; give it a video.",
            code="needs-two-frames",
            params={"model": bundle.info.name},
        )
    try:
        return translate.prepare_source(bundle.info.data, image, enlarges=enlarges(bundle), prepared=prepared)
    except PictureError as error:
        raise _unusable(error) from None


def prepare_drawing(bundle: Bundle, image: Image.Image) -> Pictures:
    """A drawing whose face is yet to be placed, uint8 [S, S, 1]: of twice the bundle's side, for lines to be enlarged.

    Raises:
        UserError: It cannot be used.
    """
    try:
        return prepare_image(image, 2 * bundle.info.data.resolution, "stretch", 1)
    except PictureError as error:
        raise _unusable(error) from None


def takes_any_size(bundle: Bundle) -> bool:
    """Whether the bundle translates whole pictures of any size."""
    info = bundle.info
    return whole.size_multiple(info.family, info.config, info.data) is not None


def whole_multiple(bundle: Bundle) -> int:
    """What the sides of the bundle's sources must be multiples of.

    Raises:
        UserError: It takes squares of its training size only.
    """
    info = bundle.info
    multiple = whole.size_multiple(info.family, info.config, info.data)
    return whole.checked_multiple(multiple, info.name, info.data.resolution)


def prepare_whole(bundle: Bundle, image: Image.Image, size: whole.AnswerSize, *, prepared: bool) -> Pictures:
    """The bundle's source of a whole picture; see :func:`ganvas.inference.whole.whole_source`.

    Raises:
        UserError: The picture cannot be used, or is too large.
    """
    try:
        return whole.whole_source(bundle.info.data, image, size, prepared=prepared)
    except PictureError as error:
        raise _unusable(error) from None


def _unusable(error: PictureError, *, reference: bool = False) -> UserError:
    """The error for a picture that the crop of the training pictures refuses."""
    if isinstance(error, NoFaceError):
        if reference:
            return UserError(
                "No face was found in the reference; choose one that shows a face from the front, near and in good "
                "light.",
                code="no-face-in-reference",
            )
        return UserError(
            "No face was found in this picture; choose one that shows a face from the front, near and in good light.",
            code="no-face",
        )
    if reference:
        return UserError(
            f"The reference cannot be used ({error}); choose another.",
            code="reference-unusable",
            params={"reason": str(error)},
        )
    return UserError(
        f"This picture cannot be used ({error}); choose another.",
        code="picture-unusable",
        params={"reason": str(error)},
    )
