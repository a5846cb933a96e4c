"""What the tests of faces share: the pinned networks, where this machine has them, and one free picture with a face."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from ganvas import weights
from ganvas.curate.images.decode import open_image

NETWORKS = ("face-detection", "face-landmark", "iris-landmark", "selfie-segmentation", "yunet", "sface")

# Tests have a cache of their own; the user's real one is known only while the tests are being collected.
_USERS = weights.weights_dir()


@pytest.fixture(scope="module")
def networks() -> None:
    """The pinned networks; skipped where they are not on this machine, since tests do not use the network."""
    before = os.environ.get("GANVAS_WEIGHTS")
    if before is None:
        os.environ["GANVAS_WEIGHTS"] = str(_USERS)
    try:
        missing = [name for name in NETWORKS if weights.find(name) is None]
        if missing:
            pytest.skip(
                f"the pinned networks {', '.join(missing)} are not on this machine: `ganvas curate` fetches them"
            )
        yield  # type: ignore[misc]
    finally:
        if before is None:
            del os.environ["GANVAS_WEIGHTS"]


@pytest.fixture(scope="module")
def astronaut() -> npt.NDArray[np.uint8]:
    """A NASA portrait in the public domain: uint8 [512, 512, 3], one frontal face."""
    package = find_spec("skimage")  # its pictures lie in the wheel; importing it takes seconds
    path = Path(package.origin).parent / "data" / "astronaut.png" if package and package.origin else Path("missing")
    if not path.is_file():
        pytest.skip("scikit-image's pictures are not installed")
    return np.asarray(open_image(path))


LABELS = Path(__file__).parent / "labels" / "raw-portraits.csv"
