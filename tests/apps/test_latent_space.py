"""Every family's latent space: decoding what a request lies at gives the request's own pictures, and gradients pass."""

from __future__ import annotations

import pytest
import torch

from ganvas.models.batches import SynthesisRequest
from ganvas.models.capabilities import Truncates
from ganvas.models.families import FAMILIES
from ganvas.models.family import Family

SYNTHESIS = [name for name, kind in FAMILIES.items() if kind.task == "synthesis"]


def tiny(name: str, classes: int = 3) -> Family:
    """A family with random weights, larger than at the start so that pictures differ clearly."""
    config, data = FAMILIES[name].tiny()
    torch.manual_seed(0)
    family = FAMILIES[name](config, data.model_copy(update={"classes": ("cat", "dog", "owl")[:classes]}), 1.0)
    with torch.no_grad():
        for parameter in family.parameters():
            parameter.mul_(1.7)
    return family.eval().requires_grad_(False)


def ask(family: Family, count: int = 3, psi: float = 1.0) -> SynthesisRequest:
    z = torch.randn(count, family.z_dim, generator=torch.Generator().manual_seed(1))
    y = torch.arange(count) % max(len(family.data.classes), 1)
    return SynthesisRequest(z, y, torch.full((count,), psi))


@pytest.mark.parametrize("name", SYNTHESIS)
@pytest.mark.parametrize("classes", [0, 3])
def test_decoding_a_request_is_generating_it(name: str, classes: int) -> None:
    family = tiny(name, classes)
    request = ask(family, psi=0.7 if isinstance(family, Truncates) else 1.0)
    latent = family.latent(request)
    assert latent.shape[0] == 3
    assert latent.ndim == 3
    assert torch.allclose(family.decode(latent).clamp(-1, 1), family.generate(request), atol=1e-5)


@pytest.mark.parametrize("name", SYNTHESIS)
def test_a_place_between_two_classes_is_between_them(name: str) -> None:
    family = tiny(name)
    z = ask(family, 1).z
    pair = family.latent(SynthesisRequest(z.expand(2, -1), torch.tensor([0, 1]), torch.ones(2)))
    ends, half = family.decode(pair), family.decode(pair.mean(0, keepdim=True))
    assert not torch.allclose(half[0], ends[0], atol=1e-4)
    assert not torch.allclose(half[0], ends[1], atol=1e-4)


@pytest.mark.parametrize("name", SYNTHESIS)
def test_gradients_reach_the_latent(name: str) -> None:
    family = tiny(name)
    latent = family.latent(ask(family)).clone().requires_grad_()
    family.decode(latent).square().mean().backward()
    assert latent.grad is not None
    assert float(latent.grad.abs().sum()) > 0


@pytest.mark.parametrize("name", SYNTHESIS)
def test_modulation_takes_up_what_is_drawn(name: str) -> None:
    family = tiny(name)
    latent = family.latent(ask(family))
    weights = family.sefa_weights()
    assert 1 <= len(weights) <= latent.shape[1]
    assert {weight.shape[1] for weight in weights} == {family.normal_dim or latent.shape[2]}
