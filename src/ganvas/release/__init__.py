"""The quality gate and publication of trained models."""
