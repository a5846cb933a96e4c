"""Networks without weights: the shapes of those with weights, and no random numbers drawn."""

from __future__ import annotations

import pytest
import torch

from ganvas.models.families import FAMILIES
from ganvas.models.shapes_only import shapes_only


@pytest.mark.parametrize("name", FAMILIES)
def test_shapes_are_those_of_real_networks(name: str) -> None:
    kind = FAMILIES[name]
    config, data = kind.tiny()
    wanted = {key: value.shape for key, value in kind(config, data, 1.0).state_dict().items()}
    before = torch.get_rng_state()
    with shapes_only():
        family = kind(config, data, 1.0)
    assert {key: value.shape for key, value in family.state_dict().items()} == wanted
    assert all(parameter.is_meta for parameter in family.parameters())
    assert torch.equal(torch.get_rng_state(), before)
