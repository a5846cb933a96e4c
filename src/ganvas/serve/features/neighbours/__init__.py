"""Nearest training pictures of a run's samples."""
