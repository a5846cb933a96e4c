"""LPIPS, and the perceptual loss that generators are trained with.

LPIPS: Zhang et al. 2018, "The unreasonable effectiveness of deep features as a perceptual metric", version 0.1 of the
authors' weights. Perceptual loss: Johnson et al. 2016. The feature network is VGG16 throughout, never VGG19, because
only VGG16's weights are pinned: a metric or term that uses it is named ``vgg16`` or ``vgg``.

The networks are shared: every call of a loader returns the same frozen object. Do not make it a child of a family, or
it would be saved with every checkpoint; call :func:`load_vgg16` where it is needed: the second call costs nothing.
"""

from __future__ import annotations

import pickle
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
import torch
from torch import Tensor, nn

from ganvas import weights
from ganvas.errors import UserError
from ganvas.models.networks.alexnet import LAYERS as ALEXNET_LAYERS
from ganvas.models.networks.alexnet import AlexNet
from ganvas.models.networks.vgg import VGG16
from ganvas.models.transparency import over_white

__all__ = ["LPIPS", "VGG16", "AlexNet", "Net", "load_lpips", "load_vgg16", "lpips_weight", "perceptual_loss"]

Net: TypeAlias = Literal["alex", "vgg"]

_FILES: dict[Net, str] = {"alex": "lpips-alexnet", "vgg": "lpips-vgg16"}
_LAYERS: dict[Net, tuple[str, ...]] = {
    "alex": ALEXNET_LAYERS,
    "vgg": ("relu1_2", "relu2_2", "relu3_3", "relu4_3", "relu5_3"),
}
_WIDTHS: dict[Net, tuple[int, ...]] = {"alex": (64, 192, 384, 256, 256), "vgg": (64, 128, 256, 512, 512)}
_TINY = 1e-20  # under the root: a pixel without any activation has length zero, where the root has no gradient


class LPIPS(nn.Module):
    """Perceptual distance of pictures: 0 for the same picture, about 0.1 for a slight blur, 0.7 for another scene.

    Activations of five layers, the vector of each pixel scaled to length one; squared differences, weighted per channel
    with weights fitted to human judgements, averaged over the picture and summed over layers (eq. 1 of the paper).
    """

    def __init__(self, net: Net) -> None:
        super().__init__()
        if net not in get_args(Net):
            raise ValueError(f"LPIPS has no network {net}: choose alex or vgg")
        self.net: Net = net
        self.network: AlexNet | VGG16 = AlexNet() if net == "alex" else VGG16()
        self.heads = nn.ParameterList([nn.Parameter(torch.ones(width)) for width in _WIDTHS[net]])
        self.requires_grad_(False).eval()

    @property
    def least(self) -> int:
        """Smallest side of a picture, in pixels."""
        return self.network.least

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        """Distances [N] of float pictures [N, 1, 3 or 4, H, W] in [-1, 1]; differentiable in both.

        Raises:
            ValueError: The shapes differ, or the pictures are smaller than ``least``.
        """
        if a.shape != b.shape or a.ndim != 4:
            raise ValueError(f"LPIPS compares pictures [N, C, H, W] of one shape, not {[*a.shape]} and {[*b.shape]}")
        if min(a.shape[2:]) < self.least:
            raise ValueError(f"LPIPS on {self.net} needs pictures of {self.least} pixels or more, not {[*a.shape[2:]]}")
        a, b = over_white(a), over_white(b)
        layers = _LAYERS[self.net]
        ones, others = self.network(a, layers), self.network(b, layers)
        total = a.new_zeros(len(a), dtype=torch.promote_types(a.dtype, torch.float32))
        for layer, head in zip(layers, self.heads, strict=True):
            difference = _unit(ones[layer]) - _unit(others[layer])
            total = total + (difference.square() * head.view(-1, 1, 1)).sum(1).mean((1, 2))
        return total


def _unit(x: Tensor) -> Tensor:
    """The channel vector of each pixel, scaled to length one; in float32 at least, whatever the network ran in."""
    x = x.to(torch.promote_types(x.dtype, torch.float32))
    return x / (x.square().sum(1, keepdim=True) + _TINY).sqrt()


def perceptual_loss(
    vgg: VGG16,
    fake: Tensor,
    real: Tensor,
    layers: Sequence[str] = ("relu1_2", "relu2_2", "relu3_3", "relu4_3"),
    weights: Sequence[float] | None = None,
    *,
    distance: Literal["l1", "mse"] = "l1",
) -> Tensor:
    """Σ wₗ · mean|φₗ(fake) - φₗ(real)|, a scalar; ``real`` is taken as it is, without gradients.

    Args:
        vgg: The feature network, from :func:`load_vgg16`.
        fake: Generated pictures, float [N, 1 or 3, H, W] in [-1, 1].
        real: Target pictures of the same shape.
        layers: Layers φₗ to compare; the default is that of Johnson et al.
        weights: Weight wₗ of each layer; None: all 1.
        distance: ``l1`` as in pix2pixHD, ``mse`` (mean of squares) as in SRGAN (eq. 5).

    Raises:
        ValueError: A layer is unknown, or there are not as many weights as layers.
    """
    given = [1.0] * len(layers) if weights is None else list(weights)
    if len(given) != len(layers):
        raise ValueError(f"{len(layers)} layers need as many weights, not {len(given)}")
    made = vgg(fake, layers)
    with torch.no_grad():
        wanted = vgg(real, layers)
    total = fake.new_zeros((), dtype=torch.float32)
    for layer, weight in zip(layers, given, strict=True):
        difference = made[layer].float() - wanted[layer].float()
        total = total + weight * (difference.abs() if distance == "l1" else difference.square()).mean()
    return total


# ── Loading ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@cache
def load_vgg16(device: torch.device | str = "cpu") -> VGG16:
    """VGG16 with ImageNet weights, frozen: the same object for each call with a device.

    Raises:
        UserError: The weights cannot be fetched.
    """
    path = weights.fetch(_FILES["vgg"])
    network = VGG16()
    _fill(network.convs, read_arrays(path), "VGG16_0", path)
    return network.to(device)


@cache
def load_lpips(net: Net = "alex", device: torch.device | str = "cpu") -> LPIPS:
    """LPIPS with its published weights (version 0.1), frozen: the same object for each call with a device.

    Args:
        net: ``alex`` is what papers report as LPIPS; ``vgg`` is the better loss, as its authors advise.
        device: Device of the network.

    Raises:
        UserError: The weights cannot be fetched.
    """
    metric = LPIPS(net)
    path = weights.fetch(_FILES[net])
    arrays = read_arrays(path)
    _fill(metric.network.convs, arrays, "AlexNet_0" if net == "alex" else "VGG16_0", path)
    with torch.no_grad():
        for index, head in enumerate(metric.heads):
            head.copy_(_array(arrays, path, f"NetLinLayer_{index}", "Conv_0", "kernel").view(-1))
    return metric.to(device)


def lpips_weight(net: Net) -> weights.Weight:
    """The pinned file with the weights of LPIPS on a network."""
    return weights.WEIGHTS[_FILES[net]]


@torch.no_grad()
def _fill(convs: nn.ModuleList, arrays: Mapping[str, Any], name: str, path: Path) -> None:
    for index, conv in enumerate(convs):
        assert isinstance(conv, nn.Conv2d)
        kernel = _array(arrays, path, name, f"Conv_{index}", "kernel")  # height, width, inputs, outputs
        conv.weight.copy_(kernel.permute(3, 2, 0, 1))
        assert conv.bias is not None
        conv.bias.copy_(_array(arrays, path, name, f"Conv_{index}", "bias"))


def _array(arrays: Any, path: Path, *names: str) -> Tensor:
    for name in names:
        arrays = arrays.get(name) if isinstance(arrays, Mapping) else None
    if not isinstance(arrays, np.ndarray):
        raise UserError(f"{path} lacks {'/'.join(names)}: delete the file and fetch it again.")
    return torch.from_numpy(arrays)


class _Array:
    """Stand-in for a NumPy array in a pickle; ``value`` is None until its state has been read."""

    def __init__(self, *arguments: object) -> None:
        self.value: np.ndarray[Any, Any] | None = None

    def __setstate__(self, state: object) -> None:
        match state:
            case (1, tuple(shape), _Kind(float32=True), False, bytes(content)):
                if any(type(side) is not int or side < 0 for side in shape):
                    raise pickle.UnpicklingError("an array of a strange shape")
                self.value = np.frombuffer(content, "<f4").reshape(shape).copy()
            case _:
                raise pickle.UnpicklingError("an array that is not of float32 in C order")


class _Kind:
    """Stand-in for a NumPy dtype; ``float32`` is true of little-endian float32 only."""

    def __init__(self, name: object = None, *arguments: object) -> None:
        self.float32 = name == "f4"

    def __setstate__(self, state: object) -> None:
        self.float32 = self.float32 and isinstance(state, tuple) and len(state) > 1 and state[1] in ("<", "=")


class _Reader(pickle.Unpickler):
    """An unpickler that accepts NumPy arrays only, as stand-ins, and runs nothing."""

    def find_class(self, module: str, name: str) -> Any:
        if module in ("numpy.core.multiarray", "numpy._core.multiarray") and name == "_reconstruct":
            return _Array
        if module == "numpy" and name == "ndarray":
            return object
        if module == "numpy" and name == "dtype":
            return _Kind
        raise pickle.UnpicklingError(f"it names {module}.{name}")


def read_arrays(path: Path) -> dict[str, Any]:
    """Read a pickle of nested dictionaries of float32 arrays without running any code in it.

    Raises:
        UserError: The file is damaged, or holds anything else.
    """
    try:
        with path.open("rb") as file:
            content = _plain(_Reader(file).load())
        if not isinstance(content, dict):
            raise pickle.UnpicklingError("no dictionary")
    except Exception as problem:  # noqa: BLE001 - a foreign file can break the reader at any place and in any way
        raise UserError(f"{path} is no file of weights ({problem}): delete it and fetch it again.") from None
    return content


def _plain(content: object) -> Any:
    if isinstance(content, dict):
        return {str(key): _plain(value) for key, value in content.items()}
    if isinstance(content, _Array) and content.value is not None:
        return content.value
    raise pickle.UnpicklingError(f"it holds a {type(content).__name__}")
