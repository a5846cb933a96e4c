"""The networks of StyleGAN2 (Karras et al. 2020, "Analyzing and improving the image quality of StyleGAN").

Sizes and constants are those of the ADA paper's PyTorch release. Three things are arranged for speed, none changes a
number: a modulated convolution scales the activations before and after one ordinary convolution instead of making
weights for every picture; features are kept without the gain √2 of leaky ReLU, with which the next layer's weights are
multiplied; and every filter is a convolution whose derivatives are convolutions
(:mod:`ganvas.models.layers.convolutions`).

Pictures are float [N, channels, R, R] in about [-1, 1]; ``z`` [N, z_dim]; ``y`` int64 [N]; ``ws`` [N, layers, w_dim].
"""

from ganvas.models.networks.stylegan2.discriminator import Discriminator
from ganvas.models.networks.stylegan2.generator import Generator
from ganvas.models.networks.stylegan2.layers import FILTER, Architecture, freeze

__all__ = ["FILTER", "Architecture", "Discriminator", "Generator", "freeze"]
