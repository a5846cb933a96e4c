"""Checks of pictures in three steps: measure, score, decide. Thresholds stand in the rules."""
