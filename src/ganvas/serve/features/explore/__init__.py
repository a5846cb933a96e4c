"""Latent space: interpolation, mixing, directions, projection."""
