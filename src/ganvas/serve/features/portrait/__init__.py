"""Portraits from drawings."""
