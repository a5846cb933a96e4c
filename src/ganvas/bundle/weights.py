"""Writes the weights of a trained family, as many as its use needs, and compares the copy with the original."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from ganvas.bundle.manifest import STATE, weights_file
from ganvas.bundle.tensors import WeightFormat, write_tensors
from ganvas.models.family import Family
from ganvas.tasks import TASKS


def write_weights(directory: Path, family: Family, *, whole: bool, weights: WeightFormat) -> dict[str, int]:
    """Save the networks and buffers that use needs.

    Args:
        directory: the bundle's folder.
        family: the trained family.
        whole: save all networks, also those that only training needs.
        weights: how they are stored.

    Returns:
        The parameter count of each network saved.
    """
    networks = family.networks()
    used = children_of_use(family)
    parameters = {}
    for name, network in networks.items():
        if whole or name in used:
            write_tensors(directory / weights_file(name), network.state_dict(), weights)
            parameters[name] = sum(parameter.numel() for parameter in network.parameters())
    # Children without parameters are saved only when generation calls them: a pool of past pictures is not.
    state = {
        key: tensor
        for key, tensor in family.state_dict().items()
        if "." not in key or (key.split(".")[0] in used and key.split(".")[0] not in networks)
    }
    if state:
        write_tensors(directory / STATE, state)
    return parameters


@torch.no_grad()
def children_of_use(family: Family) -> set[str]:
    """Names of the children that use needs: the averaged networks and those called while a request is answered."""
    used: set[str] = set()

    def note(name: str) -> Any:
        return lambda module, arguments: used.add(name)

    hooks = [
        module.register_forward_pre_hook(note(name))
        for name, child in family.named_children()
        for module in child.modules()
    ]
    try:
        family.generate(_moved(TASKS[family.task].example_request(family, 2), family))
    finally:
        for hook in hooks:
            hook.remove()
    return used | set(family.averaged)


@contextmanager
def without_training_networks(family: Family) -> Iterator[None]:
    """Remove what only training needs from a family for the length of a block: discriminators and the like."""
    kept, before = children_of_use(family), dict(family._modules)
    try:
        for name in before.keys() - kept:
            del family._modules[name]
        yield
    finally:
        family._modules.clear()
        family._modules.update(before)


def _moved(request: Any, family: Family) -> Any:
    device = next(family.parameters()).device
    return type(request)(*(tensor.to(device) for tensor in request))


@torch.no_grad()
def check_same(family: Family, copy: Family, weights: WeightFormat) -> None:
    """Check that a family and its copy, read back, answer alike: all of its state is in networks or buffers."""
    request = TASKS[copy.task].example_request(copy, 2)
    differences = (family.generate(_moved(request, family)).cpu() - copy.generate(request)).abs()
    # Devices round differently, and so do formats; a missing weight is off by far more.
    difference = (differences.max() if weights == "float32" else differences.mean()).item()
    if not difference <= (5e-2 if weights == "int8" else 1e-2):
        name = type(copy).__name__
        raise RuntimeError(f"{name} read back from its bundle gives other pictures (by {difference:.3g})")
