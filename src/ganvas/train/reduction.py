"""Averages gradients over processes while the backward pass still computes the others.

As in PyTorch's DistributedDataParallel (Li et al. 2020, §3.2) gradients are reduced in buckets, and the reduction of a
bucket begins as soon as the backward pass has computed the last of its gradients. All processes reduce the same buckets
in the same order, whatever their gradients: which parameters get gradients in a phase is expected from its last
execution, and what is otherwise is agreed on after the backward pass.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from ganvas.models.family import Phase

BUCKET_BYTES = 4_000_000
"""Largest bucket: smaller ones begin earlier and leave less to wait for at the end, but each costs a round of messages.

Between two processes of one machine (gloo, a core each) 32 MB took 1.3 times as long in buckets of 4 MB as in one, 1.8
times in buckets of 2 MB and 3 times in buckets of 1 MB. Many networks here are too small for DistributedDataParallel's
25 MB: they would be a single bucket, which begins when the backward pass has ended.
"""


class GradientReduction:
    """Averages the gradients of phases over all processes.

    Where losses reduce values too (shared batch statistics), their order among the buckets is that of the backward
    pass, which must be alike in all processes.

    Args:
        world: How many processes train together; more than one.
        bucket_bytes: Largest bucket; a larger gradient has one of its own.
    """

    def __init__(self, world: int, bucket_bytes: int = BUCKET_BYTES) -> None:
        self.world = world
        self.bucket_bytes = bucket_bytes
        self._expected: dict[tuple[str, tuple[str, ...]], list[int]] = {}  # places of parameters
        # What the host must know is reduced on the host: a GPU's value would have to be waited for.
        on_host = torch.distributed.get_backend() == "gloo"
        self._hosts = None if on_host else torch.distributed.new_group(backend="gloo")

    @contextmanager
    def averaging(self, phase: Phase, parameters: Sequence[nn.Parameter]) -> Iterator[None]:
        """Average gradients: the last backward pass of a phase is to be executed within this.

        A parameter that has a gradient in some processes only has zeros in the others; one that has none in any keeps
        none.

        Args:
            phase: The phase.
            parameters: Those of the networks that it trains.
        """
        order = list(dict.fromkeys(reversed(parameters)))  # the last layers have their gradients first
        key = phase.name, phase.trains
        expected = self._expected.get(key, [])
        queue = _Queue(self._buckets(order[place] for place in expected))
        hooks = [order[place].register_post_accumulate_grad_hook(queue.note) for place in expected]
        try:
            yield
        finally:
            for hook in hooks:
                hook.remove()
        queue.begin_all()
        found = self._with_gradients(order)
        if found != expected:
            known = set(expected)
            queue.add(self._buckets(order[place] for place in found if place not in known))
            self._expected[key] = found
        queue.finish(self.world, {order[place] for place in found})

    def _buckets(self, parameters: Iterable[nn.Parameter]) -> list[_Bucket]:
        """Divide parameters, in their order, into buckets."""
        buckets: list[list[nn.Parameter]] = []
        room = -1
        for parameter in parameters:
            size = parameter.numel() * parameter.element_size()
            if size > room:
                buckets.append([])
                room = self.bucket_bytes
            buckets[-1].append(parameter)
            room -= size
        return [_Bucket(bucket) for bucket in buckets]

    def _with_gradients(self, parameters: list[nn.Parameter]) -> list[int]:
        """The places of the parameters that have a gradient in some process."""
        present = torch.tensor([parameter.grad is not None for parameter in parameters], dtype=torch.uint8)
        torch.distributed.all_reduce(present, torch.distributed.ReduceOp.MAX, self._hosts)
        return [place for place, some in enumerate(present.tolist()) if some]


class _Bucket:
    """Parameters whose gradients are reduced together."""

    def __init__(self, parameters: list[nn.Parameter]) -> None:
        self.parameters = parameters
        self.missing = set(parameters)  # those that this backward pass has not reached yet

    def begin(self) -> None:
        """Begin to sum the gradients over processes."""
        # Made contiguous, because processes may hold the same gradient in different strides.
        parts = [torch.zeros_like(p) if p.grad is None else p.grad for p in self.parameters]
        self._flat = torch.cat([part.detach().contiguous().view(-1) for part in parts])
        self._work = torch.distributed.all_reduce(self._flat, async_op=True)

    def finish(self, world: int, wanted: Collection[nn.Parameter]) -> None:
        """Wait for the sums, and make their means the gradients of the ``wanted`` ones of its parameters."""
        self._work.wait()
        self._flat /= world
        parts = torch.split(self._flat, [parameter.numel() for parameter in self.parameters])
        for parameter, part in zip(self.parameters, parts, strict=True):
            if parameter in wanted:
                if parameter.grad is None:
                    parameter.grad = torch.empty_like(parameter)
                parameter.grad.copy_(part.view(parameter.shape))


class _Queue:
    """Buckets in the order in which all processes reduce them."""

    def __init__(self, buckets: list[_Bucket]) -> None:
        self._buckets = buckets
        self._bucket_of = {parameter: bucket for bucket in buckets for parameter in bucket.parameters}
        self._begun = 0

    def note(self, parameter: Tensor) -> None:
        """Note that a parameter's gradient is complete, and begin with the buckets that wait for nothing else."""
        bucket = self._bucket_of[parameter]  # type: ignore[index]
        if parameter not in bucket.missing:
            raise RuntimeError("a gradient changed after it was complete; its first value may be on its way already")
        bucket.missing.remove(parameter)  # type: ignore[arg-type]
        while self._begun < len(self._buckets) and not self._buckets[self._begun].missing:
            self._begin_next()

    def begin_all(self) -> None:
        """Begin with the buckets that are left, after the backward pass."""
        while self._begun < len(self._buckets):
            self._begin_next()

    def add(self, buckets: list[_Bucket]) -> None:
        """Begin with further buckets, after those that are there."""
        self._buckets += buckets
        self.begin_all()

    def finish(self, world: int, wanted: Collection[nn.Parameter]) -> None:
        """Wait for all buckets; see :meth:`_Bucket.finish`."""
        for bucket in self._buckets:
            bucket.finish(world, wanted)

    def _begin_next(self) -> None:
        self._buckets[self._begun].begin()
        self._begun += 1
