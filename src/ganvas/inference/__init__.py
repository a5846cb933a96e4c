"""Trained models at work: open a run or a bundle, generate, translate."""
