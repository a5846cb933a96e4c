"""Bring pictures in: folders, archives, lists of addresses, searches, videos; each with where it came from."""
