"""The networks of MuseGAN (Dong et al. 2018) for piano rolls of several tracks.

The authors' networks are three-dimensional, over bars, time and pitch, but almost none of their kernels spans more than
one bar. Here bars are rows of the batch, so that two-dimensional layers do the same arithmetic. Layers that belong to
one track each are one layer with as many groups as tracks.

With five tracks the hybrid generator of 4 bars of 96 steps and 84 pitches has 4,561,615 parameters, the composer
2,995,151 and the jamming model 4,723,535; with a shared trunk, the authors' later default at 48 steps, the generator
has 2,578,127 and the discriminator 1,366,865.
"""

from ganvas.models.networks.musegan.discriminator import Discriminator
from ganvas.models.networks.musegan.generator import Generator
from ganvas.models.networks.musegan.layers import Variant, sizes_of
from ganvas.models.networks.musegan.refiner import Refiner

__all__ = ["Discriminator", "Generator", "Refiner", "Variant", "sizes_of"]
