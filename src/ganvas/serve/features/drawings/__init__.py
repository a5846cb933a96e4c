"""Drawings shared by link."""
