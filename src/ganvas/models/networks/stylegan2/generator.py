"""The generator of StyleGAN2: the mapping network, then the synthesis network."""

from __future__ import annotations

from torch import Tensor, nn

from ganvas.models.networks.stylegan2.layers import Architecture
from ganvas.models.networks.stylegan2.mapping import Mapping
from ganvas.models.networks.stylegan2.modulated_convolution import Noise
from ganvas.models.networks.stylegan2.synthesis import Synthesis


class Generator(nn.Module):
    """z (and class) → picture: ``mapping`` then ``synthesis``.

    Args:
        base: Channels × resolution; 32768 is the full size and 16384 the halved one.
        classes: 0 when unconditional.
        noisy: Each convolution has a noise input.
    """

    def __init__(
        self,
        resolution: int,
        channels: int = 3,
        *,
        z_dim: int = 512,
        w_dim: int = 512,
        mapping_layers: int = 8,
        base: int = 32768,
        most: int = 512,
        classes: int = 0,
        architecture: Architecture = "skip",
        clamp: float | None = 256.0,
        noisy: bool = True,
    ) -> None:
        super().__init__()
        self.mapping = Mapping(z_dim, w_dim, mapping_layers, classes)
        self.synthesis = Synthesis(resolution, channels, w_dim, base, most, architecture, clamp, noisy)

    def styles(self, w: Tensor) -> Tensor:
        """w [N, w_dim] → the same for every layer [N, layers, w_dim]."""
        return w[:, None].expand(-1, self.synthesis.layers, -1)

    def forward(self, z: Tensor, y: Tensor, psi: Tensor | float = 1.0, noise_mode: Noise = "constant") -> Tensor:
        """``psi`` a number or [N]: w is moved towards its average (1 not at all, 0 entirely)."""
        w = self.mapping(z, y)
        share = psi[:, None] if isinstance(psi, Tensor) else psi
        w = self.mapping.w_avg + (w - self.mapping.w_avg) * share
        return self.synthesis(self.styles(w), noise_mode)  # type: ignore[no-any-return]
