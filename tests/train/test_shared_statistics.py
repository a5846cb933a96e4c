"""Batch normalisation over processes: two give what one gives for the joined batch."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from ganvas.train.shared_statistics import share_statistics


def network() -> nn.Sequential:
    torch.manual_seed(1)
    made = nn.Sequential(nn.Conv2d(2, 3, 1), nn.BatchNorm2d(3), nn.Tanh(), nn.Conv2d(3, 1, 1), nn.BatchNorm2d(1))
    return made.double()


def pictures() -> Tensor:
    return torch.randn(6, 2, 4, 4, generator=torch.Generator().manual_seed(2)).double() * 3 + 5


def answers(net: nn.Module, x: Tensor) -> tuple[Tensor, Tensor, list[Tensor]]:
    """Output, gradient of a loss and of a gradient penalty in the pictures, and the parameters' gradients of both."""
    x = x.clone().requires_grad_(True)
    out = net(x)
    loss = (out * torch.arange(16.0).view(4, 4)).square().mean()
    (first,) = torch.autograd.grad(loss, x, create_graph=True)
    (loss + (len(x) * first).square().mean()).backward()
    assert x.grad is not None
    return out.detach(), first.detach() * len(x), [p.grad for p in net.parameters() if p.grad is not None]


def play(rank: int, folder: Path) -> None:
    meeting = f"file://{folder / 'meeting'}"
    torch.distributed.init_process_group("gloo", init_method=meeting, rank=rank, world_size=2)
    net = network()
    assert share_statistics(net) == 2
    out, first, gradients = answers(net, pictures()[3 * rank : 3 * rank + 3])
    buffers = [buffer.clone() for buffer in net.buffers()]
    net.eval()
    torch.save((out, first, gradients, buffers, net(pictures()).detach()), folder / f"{rank}.pt")
    torch.distributed.destroy_process_group()


def close(one: Any, other: Any) -> None:
    torch.testing.assert_close(one, other, rtol=1e-9, atol=1e-9)


def joined(parts: Iterable[Tensor]) -> Tensor:
    return torch.cat(list(parts))


def test_two_processes_normalise_as_one_does_the_joined_batch(tmp_path: Path) -> None:
    started = [multiprocessing.get_context("fork").Process(target=play, args=(rank, tmp_path)) for rank in range(2)]
    for process in started:
        process.start()
    alone = network()
    out, first, gradients = answers(alone, pictures())
    for process in started:
        process.join()
    halves = [torch.load(tmp_path / f"{rank}.pt") for rank in range(2)]
    close(joined(half[0] for half in halves), out)
    close(joined(half[1] for half in halves), first)
    for number, gradient in enumerate(gradients):
        close((halves[0][2][number] + halves[1][2][number]) / 2, gradient)
    for half in halves:
        for buffer, wanted in zip(half[3], alone.buffers(), strict=True):
            close(buffer, wanted)
    close(halves[0][4], alone.eval()(pictures()).detach())
