"""The PatchGAN discriminator (Isola et al. 2017, §6.1.2): one logit per overlapping patch."""

from __future__ import annotations

from torch import Tensor, nn

from ganvas.errors import UserError
from ganvas.models.layers.filters import Halve
from ganvas.models.layers.initialization import initialize_normal
from ganvas.models.layers.normalization import activation, normalization
from ganvas.models.layers.spectral import spectral_norm


class PatchGAN(nn.Module):
    """``[N, inputs, H, W]`` → logits ``[N, 1, h, w]``, one per patch.

    ``layers`` = 3 has patches of 70 × 70 pixels, 2 of 34, 1 of 16; 2,768,705 parameters at width 64, three layers,
    batch norm and the six channels of a pair of RGB pictures.

    Args:
        antialias: Convolutions have stride 1, each followed by blurred downsampling (Zhang 2019, as in CUT).
    """

    def __init__(
        self,
        inputs: int,
        width: int = 64,
        layers: int = 3,
        *,
        norm: str = "batch",
        spectral: bool = False,
        antialias: bool = False,
    ) -> None:
        super().__init__()
        bias = norm != "batch"  # batch norm's shift would undo it
        stride = 1 if antialias else 2
        half = [Halve()] if antialias else []
        modules: list[nn.Module] = [nn.Conv2d(inputs, width, 4, stride, 1), nn.LeakyReLU(0.2, inplace=True), *half]
        before = width
        for i in range(1, layers + 1):
            after, last = width * min(2**i, 8), i == layers
            modules += [nn.Conv2d(before, after, 4, 1 if last else stride, 1, bias=bias)]
            modules += [normalization(norm, after), activation(norm), *([] if last else half)]
            before = after
        modules += [nn.Conv2d(before, 1, 4, 1, 1)]
        self.main = nn.Sequential(*modules)
        initialize_normal(self)
        if spectral:
            spectral_norm(self)

    def forward(self, x: Tensor) -> Tensor:
        logits: Tensor = self.main(x)
        return logits


def check_patch_layers(layers: int, resolution: int) -> None:
    """Check that pictures are large enough for one logit.

    Raises:
        UserError: The picture is too small for so many layers.
    """
    if resolution // 2**layers < 3:
        raise UserError(
            f"A patch discriminator of {layers} layers needs pictures of {3 * 2**layers} pixels or more, not "
            f"{resolution}; lower model.layers or raise resolution."
        )
