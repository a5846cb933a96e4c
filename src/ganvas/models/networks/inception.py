"""The Inception v3 of the Fréchet inception distance (Szegedy et al. 2015; the TensorFlow graph of 2015-12-05).

It is not the Inception v3 of other libraries: 1,008 outputs, average pools that leave out the padding, and a maximum
pool in the last block. Modules carry the names of the published PyTorch conversion, so its state dict loads as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class _Conv(nn.Module):
    def __init__(
        self, inputs: int, outputs: int, kernel: tuple[int, int], stride: int = 1, padding: tuple[int, int] = (0, 0)
    ) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, padding, bias=False)
        self.bn = nn.BatchNorm2d(outputs, eps=1e-3)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.bn(self.conv(x)))


class _Step(NamedTuple):
    """A convolution of a branch: padded to keep the size when ``stride`` is 1, unpadded otherwise."""

    name: str
    outputs: int
    kernel: tuple[int, int] = (1, 1)
    stride: int = 1


_Fork = tuple[_Step, _Step]  # two convolutions of the same input, side by side
_Branch = Sequence[_Step | _Fork]


class _Mixed(nn.Module):
    """Branches side by side, their outputs concatenated; the last branch begins with a 3×3 pool.

    ``pool_outputs`` 0 means that the pool halves the size and no convolution follows it.
    """

    def __init__(
        self,
        inputs: int,
        branches: Sequence[_Branch],
        pool_outputs: int,
        pool: Literal["average", "maximum"] = "average",
    ) -> None:
        super().__init__()
        self._branches, self._pool = branches, pool
        self.outputs = pool_outputs or inputs
        for branch in branches:
            width = inputs
            for step in branch:
                forks = (step,) if isinstance(step, _Step) else step
                width = sum(self._make(fork, width) for fork in forks)
            self.outputs += width
        self.branch_pool = _Conv(inputs, pool_outputs, (1, 1)) if pool_outputs else None

    def _make(self, step: _Step, inputs: int) -> int:
        (height, width), stride = step.kernel, step.stride
        padding = (height // 2, width // 2) if stride == 1 else (0, 0)
        self.add_module(step.name, _Conv(inputs, step.outputs, step.kernel, stride, padding))
        return step.outputs

    def _pooled(self, x: Tensor) -> Tensor:
        if self.branch_pool is None:
            return F.max_pool2d(x, 3, 2)
        if self._pool == "maximum":
            pooled = F.max_pool2d(x, 3, 1, 1)
        else:
            pooled = F.avg_pool2d(x, 3, 1, 1, count_include_pad=False)
        out: Tensor = self.branch_pool(pooled)
        return out

    def forward(self, x: Tensor) -> Tensor:
        outputs = []
        for branch in self._branches:
            out = x
            for step in branch:
                if isinstance(step, _Step):
                    out = self.get_submodule(step.name)(out)
                else:
                    out = torch.cat([self.get_submodule(fork.name)(out) for fork in step], 1)
            outputs.append(out)
        return torch.cat([*outputs, self._pooled(x)], 1)


def _block_a(inputs: int, pool: int) -> _Mixed:
    return _Mixed(
        inputs,
        (
            (_Step("branch1x1", 64),),
            (_Step("branch5x5_1", 48), _Step("branch5x5_2", 64, (5, 5))),
            (_Step("branch3x3dbl_1", 64), _Step("branch3x3dbl_2", 96, (3, 3)), _Step("branch3x3dbl_3", 96, (3, 3))),
        ),
        pool,
    )


def _block_b(inputs: int) -> _Mixed:
    doubled = (
        _Step("branch3x3dbl_1", 64),
        _Step("branch3x3dbl_2", 96, (3, 3)),
        _Step("branch3x3dbl_3", 96, (3, 3), 2),
    )
    return _Mixed(inputs, ((_Step("branch3x3", 384, (3, 3), 2),), doubled), 0)


def _block_c(inner: int) -> _Mixed:
    return _Mixed(
        768,
        (
            (_Step("branch1x1", 192),),
            (
                _Step("branch7x7_1", inner),
                _Step("branch7x7_2", inner, (1, 7)),
                _Step("branch7x7_3", 192, (7, 1)),
            ),
            (
                _Step("branch7x7dbl_1", inner),
                _Step("branch7x7dbl_2", inner, (7, 1)),
                _Step("branch7x7dbl_3", inner, (1, 7)),
                _Step("branch7x7dbl_4", inner, (7, 1)),
                _Step("branch7x7dbl_5", 192, (1, 7)),
            ),
        ),
        192,
    )


def _block_d() -> _Mixed:
    return _Mixed(
        768,
        (
            (_Step("branch3x3_1", 192), _Step("branch3x3_2", 320, (3, 3), 2)),
            (
                _Step("branch7x7x3_1", 192),
                _Step("branch7x7x3_2", 192, (1, 7)),
                _Step("branch7x7x3_3", 192, (7, 1)),
                _Step("branch7x7x3_4", 192, (3, 3), 2),
            ),
        ),
        0,
    )


def _block_e(inputs: int, pool: Literal["average", "maximum"]) -> _Mixed:
    fork = (_Step("branch3x3_2a", 384, (1, 3)), _Step("branch3x3_2b", 384, (3, 1)))
    doubled = (_Step("branch3x3dbl_3a", 384, (1, 3)), _Step("branch3x3dbl_3b", 384, (3, 1)))
    return _Mixed(
        inputs,
        (
            (_Step("branch1x1", 320),),
            (_Step("branch3x3_1", 384), fork),
            (_Step("branch3x3dbl_1", 448), _Step("branch3x3dbl_2", 384, (3, 3)), doubled),
        ),
        192,
        pool,
    )


class InceptionV3(nn.Module):
    """Pictures float [N, 3, 299, 299] as ``(byte - 128) / 128`` → pooled features [N, 2048]."""

    def __init__(self) -> None:
        super().__init__()
        self.Conv2d_1a_3x3 = _Conv(3, 32, (3, 3), 2)
        self.Conv2d_2a_3x3 = _Conv(32, 32, (3, 3))
        self.Conv2d_2b_3x3 = _Conv(32, 64, (3, 3), padding=(1, 1))
        self.Conv2d_3b_1x1 = _Conv(64, 80, (1, 1))
        self.Conv2d_4a_3x3 = _Conv(80, 192, (3, 3))
        self.Mixed_5b = _block_a(192, 32)
        self.Mixed_5c = _block_a(256, 64)
        self.Mixed_5d = _block_a(288, 64)
        self.Mixed_6a = _block_b(288)
        self.Mixed_6b = _block_c(128)
        self.Mixed_6c = _block_c(160)
        self.Mixed_6d = _block_c(160)
        self.Mixed_6e = _block_c(192)
        self.Mixed_7a = _block_d()
        self.Mixed_7b = _block_e(1280, "average")
        self.Mixed_7c = _block_e(2048, "maximum")
        self.fc = nn.Linear(2048, 1008)

    def forward(self, x: Tensor) -> Tensor:
        x = self.Conv2d_2b_3x3(self.Conv2d_2a_3x3(self.Conv2d_1a_3x3(x)))
        x = self.Conv2d_4a_3x3(self.Conv2d_3b_1x1(F.max_pool2d(x, 3, 2)))
        x = self.Mixed_5d(self.Mixed_5c(self.Mixed_5b(F.max_pool2d(x, 3, 2))))
        x = self.Mixed_6e(self.Mixed_6d(self.Mixed_6c(self.Mixed_6b(self.Mixed_6a(x)))))
        x = self.Mixed_7c(self.Mixed_7b(self.Mixed_7a(x)))
        return x.mean((2, 3))
