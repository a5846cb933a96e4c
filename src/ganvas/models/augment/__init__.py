"""Augmentation between the pictures and the discriminator: what makes small data work.

Both real and generated pictures go through it, so the generator does not learn to make augmented pictures as long as
the augmentation is not certain to happen (ADA) or can be undone (DiffAugment).
"""

from ganvas.models.augment.ada import PIPES, Ada
from ganvas.models.augment.diffaugment import POLICY, DiffAugment

__all__ = ["PIPES", "POLICY", "Ada", "DiffAugment"]
