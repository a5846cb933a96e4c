"""Ganvas: from a folder of pictures to a GAN that people can draw, upload and play with in a browser."""

__version__ = "0.1.0"
