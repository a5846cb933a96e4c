"""Packed data sets: writing, reading, splitting, shards."""
