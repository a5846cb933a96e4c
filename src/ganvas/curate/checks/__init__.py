"""Checks of pictures in three steps: measure, score, decide. The rules hold the thresholds."""
