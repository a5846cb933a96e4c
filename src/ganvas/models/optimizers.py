"""The optimiser of all families: fused Adam (Kingma & Ba 2015)."""

from __future__ import annotations

from torch import nn
from torch.optim import Adam


def adam(
    network: nn.Module, lr: float, betas: tuple[float, float], *, eps: float = 1e-8, weight_decay: float = 0.0
) -> Adam:
    """Adam over the parameters of a network.

    Args:
        network: One child of a family.
        lr: Learning rate.
        betas: Decay rates of the first and second moment.
        eps: Added to the root of the second moment.
        weight_decay: Added to the gradient, times the weight (L2, not decoupled).
    """
    return Adam(network.parameters(), lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, fused=True)
