"""Review of collected pictures."""
