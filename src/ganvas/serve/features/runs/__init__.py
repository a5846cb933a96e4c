"""Training runs, past and in progress."""
