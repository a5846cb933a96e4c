"""Decoding, cropping and resizing pictures."""
