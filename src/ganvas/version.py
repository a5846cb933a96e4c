"""The version of Ganvas."""

__version__ = "0.1.0"
