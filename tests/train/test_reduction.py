"""Gradients of two processes are averaged in buckets, while the backward pass computes the others."""

from __future__ import annotations

import multiprocessing
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import torch
from torch import Tensor, nn

from ganvas.models.family import Phase
from ganvas.train.reduction import GradientReduction

WIDTH = 4
BUCKET = 2 * WIDTH * WIDTH * 8  # bytes of two layers
TURNS = {  # the layers that each process runs, from the input on; the same networks learn in all of them
    "first": ((0, 1, 2, 3), (0, 1, 2, 3)),
    "again": ((0, 1, 2, 3), (0, 1, 2, 3)),
    "other layers": ((0, 1, 4, 5), (0, 1, 4, 5)),
    "others in each process": ((0, 2, 3), (1, 2, 5)),
    "used twice": ((0, 1, 2, 1), (0, 1, 2, 1)),
    "used twice again": ((0, 1, 2, 1), (0, 1, 2, 1)),
    "none": ((), ()),
}


class Told(NamedTuple):
    """What a process found in one turn."""

    own: list[Tensor | None]  # gradients before they were averaged
    means: list[Tensor | None]
    events: list[str]  # gradients that were complete, reductions that began, the end of the backward pass, …


Both = tuple[dict[str, Told], dict[str, Told]]


def network() -> nn.ModuleList:
    generator = torch.Generator().manual_seed(3)
    layers = nn.ModuleList(nn.Linear(WIDTH, WIDTH, bias=False).double() for _ in range(6))
    for parameter in layers.parameters():
        nn.init.normal_(parameter, generator=generator)
    return layers


def loss(layers: nn.ModuleList, chosen: tuple[int, ...], x: Tensor) -> Tensor:
    """A loss with a gradient penalty, whose own differentiation has to leave the reductions alone."""
    x = x.clone().requires_grad_(True)
    for index in chosen:
        x = layers[index](x).tanh()
    used = [layers[index].weight for index in set(chosen)]
    penalty = sum(g.square().sum() for g in torch.autograd.grad(x.sum(), used, create_graph=True))
    return x.square().mean() + penalty


def backward(layers: nn.ModuleList, chosen: tuple[int, ...], x: Tensor) -> None:
    if chosen:
        loss(layers, chosen, x).backward()


def gradients(layers: nn.ModuleList) -> list[Tensor | None]:
    return [None if p.grad is None else p.grad.clone() for p in layers.parameters()]


def play(rank: int, folder: Path) -> None:
    meeting = f"file://{folder / 'meeting'}"
    torch.distributed.init_process_group("gloo", init_method=meeting, rank=rank, world_size=2)
    events: list[str] = []
    reduce = torch.distributed.all_reduce

    def recorded(values: Tensor, *args: Any, **options: Any) -> Any:
        events.append(f"reduce {values.numel()}" if options else "agree")
        return reduce(values, *args, **options)

    torch.distributed.all_reduce = recorded
    layers = network()
    if rank == 1:  # the same gradient in other strides
        layers[0].weight.data = layers[0].weight.data.t().contiguous().t()
    for index, parameter in enumerate(layers.parameters()):
        parameter.register_post_accumulate_grad_hook(lambda _, index=index: events.append(f"gradient {index}"))
    reduction = GradientReduction(2, BUCKET)
    phase = Phase("D", ("discriminator",), lambda batch, clock: (torch.zeros(()), {}))
    told = {}
    for number, (name, chosen) in enumerate(TURNS.items()):
        first, last = torch.randn(2, 2, 3, WIDTH, generator=torch.Generator().manual_seed(number)).double()[rank]
        layers.zero_grad()
        backward(layers, chosen[rank], first)
        events.clear()
        with reduction.averaging(phase, list(layers.parameters())):
            backward(layers, chosen[rank], last)
            events.append("end")
            own = gradients(layers)
        told[name] = Told(own, gradients(layers), list(events))
    with reduction.averaging(phase, list(layers.parameters())):
        backward(layers, (0, 1), first)
    events.clear()
    try:
        with reduction.averaging(phase, list(layers.parameters())):
            backward(layers, (0, 1), first)
            backward(layers, (0, 1), last)
    except RuntimeError as error:
        told["refused"] = Told([], [], [str(error)])
    events.clear()
    backward(layers, (0, 1), first)
    told["alone"] = Told([], [], events)
    torch.save({name: tuple(found) for name, found in told.items()}, folder / f"{rank}.pt")
    torch.distributed.destroy_process_group()


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Both:
    """What two processes found, by turn."""
    folder = tmp_path_factory.mktemp("reduction")
    started = [multiprocessing.get_context("fork").Process(target=play, args=(rank, folder)) for rank in range(2)]
    for process in started:
        process.start()
    for process in started:
        process.join()
    saved = [torch.load(folder / f"{rank}.pt") for rank in range(2)]
    one, two = ({name: Told(*found) for name, found in process.items()} for process in saved)
    return one, two


@pytest.mark.parametrize("turn", TURNS)
def test_gradients_become_their_means_bit_for_bit(turn: str, both: Both) -> None:
    one, two = (process[turn] for process in both)
    for index, (a, b) in enumerate(zip(one.own, two.own, strict=True)):
        some = [gradient for gradient in (a, b) if gradient is not None]
        for mean in (one.means[index], two.means[index]):
            if not some:
                assert mean is None  # so that an optimiser leaves the weights alone
            else:
                assert mean is not None
                assert torch.equal(mean, torch.stack(some).sum(0) / 2)


def test_reductions_begin_within_the_backward_pass_from_the_second_time_on(both: Both) -> None:
    pair = f"reduce {2 * WIDTH * WIDTH}"
    for process in both:
        backward = ["gradient 3", "gradient 2", "gradient 1", "gradient 0"]
        assert process["first"].events == [*backward, "end", "agree", pair, pair]
        wanted = ["gradient 3", "gradient 2", pair, "gradient 1", "gradient 0", pair, "end", "agree"]
        assert process["again"].events == wanted


def test_all_processes_reduce_the_same_in_the_same_order(both: Both) -> None:
    for turn in TURNS:
        one, two = ([e for e in process[turn].events if not e.startswith(("gradient", "end"))] for process in both)
        assert one == two
    # All waited for layers that had no gradient this time; what was not expected is reduced at last.
    pair, single = f"reduce {2 * WIDTH * WIDTH}", f"reduce {WIDTH * WIDTH}"
    others = ["gradient 5", "gradient 4", "gradient 1", "gradient 0", "end", pair, pair, "agree", pair]
    assert both[0]["other layers"].events == others
    assert both[1]["others in each process"].events[3:] == ["end", pair, pair, "agree", pair]
    assert both[0]["used twice again"].events == [
        "gradient 2",
        "gradient 1",
        pair,
        "gradient 0",
        single,
        "end",
        "agree",
    ]


def test_a_gradient_that_changes_after_it_was_complete_is_refused(both: Both) -> None:
    for process in both:
        assert "changed after it was complete" in process["refused"].events[0]


def test_nothing_is_reduced_elsewhere(both: Both) -> None:
    for process in both:
        assert process["alone"].events == ["gradient 1", "gradient 0"]
