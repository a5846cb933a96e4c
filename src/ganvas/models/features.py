"""Frozen feature networks for FID, KID, Inception score, precision and recall.

Two values of a metric are comparable only when the features, their weights and the resizing of the pictures are the
same. So each network states all three, and every result carries them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ganvas import weights
from ganvas.errors import UserError
from ganvas.models.networks import efficientnet, inception
from ganvas.models.transparency import RGBA, over_white


class Features(Protocol):
    """Interface of a frozen feature network."""

    @property
    def name(self) -> str:
        """Short name that becomes part of a metric's name: ``effnet``, ``inception``, ``inception-clean``."""

    @property
    def dim(self) -> int:
        """Length of the feature vector of a picture."""

    @property
    def sha256(self) -> str:
        """SHA-256 of the file of weights."""

    @property
    def resize(self) -> str:
        """Filter and side that pictures are resized with, as text for the protocol of a metric."""

    def __call__(self, images: Tensor) -> Tensor:
        """Pictures uint8 [N, H, W, 1 or 3] → features float32 [N, dim], on the CPU."""

    def classify(self, features: Tensor) -> Tensor | None:
        """Features [N, dim] → class logits [N, classes] for the Inception score; None when there is no classifier."""


Resize = Callable[[Tensor, int], Tensor]


def resize_antialiased(x: Tensor, side: int) -> Tensor:
    """Resize with a bicubic, antialiased filter, as Pillow does.

    Resizing without that filter changes FID by more than the gains of many papers (Parmar et al. 2022, "On aliased
    resizing and surprising subtleties in GAN evaluation").

    Args:
        x: Float [N, C, H, W], any range; the result may overshoot it a little.
        side: Height and width of the result.
    """
    if x.shape[2:] == (side, side):
        return x
    return F.interpolate(x, (side, side), mode="bicubic", antialias=True, align_corners=False)


def resize_tensorflow1(x: Tensor, side: int) -> Tensor:
    """Resize bilinearly as TensorFlow 1 did: source = target × scale, no half-pixel shift, no antialiasing.

    Published FID values are based on it. It aliases when pictures are larger than ``side``.

    Args:
        x: Float [N, C, H, W].
        side: Height and width of the result.
    """
    for axis in (3, 2):
        size = x.shape[axis]
        at = torch.arange(side, device=x.device, dtype=torch.float32) * (size / side)
        low = at.long()
        high = (low + 1).clamp_max(size - 1)
        share = (at - low).view(-1, *([1] * (3 - axis)))
        before = x.index_select(axis, low)
        x = before + (x.index_select(axis, high) - before) * share
    return x


class FrozenFeatures:
    """A feature network with the preprocessing of its input; see :class:`Features`."""

    def __init__(
        self,
        network: nn.Module,
        *,
        name: str,
        dim: int,
        sha256: str,
        side: int,
        resize: Resize,
        resize_name: str,
        mean: tuple[float, float, float],
        std: tuple[float, float, float],
        head: Callable[[Tensor], Tensor] | None = None,
        device: torch.device | str = "cpu",
    ) -> None:
        self.name, self.dim, self.sha256 = name, dim, sha256
        self.resize = f"{resize_name} {side}"
        self._side, self._resize, self._head = side, resize, head
        self._device = torch.device(device)
        self._mean = torch.tensor(mean, device=self._device).view(1, 3, 1, 1)
        self._std = torch.tensor(std, device=self._device).view(1, 3, 1, 1)
        network.eval().requires_grad_(False).to(self._device)
        self._network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def __call__(self, images: Tensor) -> Tensor:
        _check(images)
        with torch.inference_mode(), _exact(self._device):
            x = _over_white(images.to(self._device).permute(0, 3, 1, 2).float())
            x = self._resize(x, self._side).expand(-1, 3, -1, -1)
            x = ((x - self._mean) / self._std).contiguous(memory_format=torch.channels_last)
            features: Tensor = self._network(x)
        # A clone outside of inference mode, so that the caller may use it with autograd.
        return features.float().cpu().clone()

    def classify(self, features: Tensor) -> Tensor | None:
        if self._head is None:
            return None
        with torch.inference_mode(), _exact(self._device):
            logits = self._head(features.to(self._device))
        return logits.cpu().clone()


def load_features(name: str = "auto", device: torch.device | str = "cpu") -> Features:
    """Load a frozen network.

    Args:
        name: ``inception`` (the FID network, resized as for published values), ``inception-clean`` (the same network
            on antialiased pictures, as clean-fid), ``effnet`` (EfficientNet-Lite0), or ``auto``: ``inception`` when
            its file is on this machine, else ``effnet``.
        device: Device of the network; features are returned on the CPU.

    Raises:
        UserError: The name is unknown, or the weights cannot be fetched.
    """
    if name == "auto":
        name = "effnet" if weights.find("inception") is None else "inception"
    loader = FEATURES.get(name)
    if loader is None:
        raise UserError(f"There are no features called '{name}': choose one of auto, {', '.join(FEATURES)}.")
    return loader(device)


def missing_inception() -> str | None:
    """A sentence for the user when the file of the FID network is not on this machine; None when it is."""
    if weights.find("inception") is not None:
        return None
    return (
        "The FID network is not on this machine, so the figures below are EfficientNet-Lite0's under their own names "
        "and must not be compared with published FIDs: `ganvas weights fetch inception` brings it."
    )


def _effnet(device: torch.device | str) -> FrozenFeatures:
    network = efficientnet.EfficientNetLite0()
    path = weights.fetch("efficientnet-lite0")
    _load(network, efficientnet.from_published(_read(path)), path)
    return FrozenFeatures(
        network.fuse(),
        name="effnet",
        dim=1280,
        sha256=weights.WEIGHTS["efficientnet-lite0"].sha256,
        side=224,
        resize=resize_antialiased,
        resize_name="bicubic-antialiased",
        # TensorFlow's preprocessing of the Lite networks. The mean and deviation of ImageNet, which the package's own
        # text shows, halve the accuracy of these weights (0.22 against 0.43 on 64 px animals of 20 classes).
        mean=(127.0, 127.0, 127.0),
        std=(128.0, 128.0, 128.0),
        head=network.classifier,
        device=device,
    )


def _inception(device: torch.device | str, clean: bool = False) -> FrozenFeatures:
    network = inception.InceptionV3()
    path = weights.fetch("inception")
    _load(network, _read(path), path)
    return FrozenFeatures(
        network,
        name="inception-clean" if clean else "inception",
        dim=2048,
        sha256=weights.WEIGHTS["inception"].sha256,
        side=299,
        resize=resize_antialiased if clean else resize_tensorflow1,
        resize_name="bicubic-antialiased" if clean else "bilinear-tensorflow1",
        mean=(128.0, 128.0, 128.0),
        std=(128.0, 128.0, 128.0),
        # The Inception score of the original graph leaves the bias out.
        head=lambda features: F.linear(features, network.fc.weight),
        device=device,
    )


FEATURES: dict[str, Callable[[torch.device | str], Features]] = {
    "inception": _inception,
    "inception-clean": lambda device: _inception(device, clean=True),
    "effnet": _effnet,
}


def _read(path: Path) -> dict[str, Tensor]:
    state: dict[str, Tensor] = torch.load(path, map_location="cpu", weights_only=True)
    return state


def _load(network: nn.Module, state: Mapping[str, Tensor], path: Path) -> None:
    """Load weights that must fit exactly; only counters of batch norm, which inference does not use, may be missing."""
    answer = network.load_state_dict(state, strict=False)
    missing = [key for key in answer.missing_keys if not key.endswith("num_batches_tracked")]
    if missing or answer.unexpected_keys:
        raise UserError(
            f"The weights in {path} do not fit {type(network).__name__}: delete the file and fetch it again."
        )


@contextmanager
def _exact(device: torch.device) -> Iterator[None]:
    """Compute in float32 whatever the caller uses: half precision and TF32 would change the metrics."""
    with ExitStack() as stack:
        stack.enter_context(torch.autocast(device.type, enabled=False))
        if device.type == "cuda":
            stack.enter_context(torch.backends.cudnn.flags(enabled=True, allow_tf32=False))
            stack.callback(torch.set_float32_matmul_precision, torch.get_float32_matmul_precision())
            torch.set_float32_matmul_precision("highest")
        yield


def _over_white(x: Tensor) -> Tensor:
    """Pictures [N, C, H, W] of 0 to 255, on white where they have opacity."""
    return (over_white(x / 127.5 - 1) + 1) * 127.5 if x.shape[1] == RGBA else x


def _check(images: Tensor) -> None:
    if images.dtype != torch.uint8 or images.ndim != 4 or images.shape[3] not in (1, 3, 4):
        raise ValueError(f"pictures must be uint8 [N, H, W, 1, 3 or 4], not {images.dtype} {tuple(images.shape)}")
