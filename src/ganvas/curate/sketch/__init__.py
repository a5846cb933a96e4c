"""Drawings made from pictures, and degradations that make the source of a pair."""
