"""Translation by reference, and make-up."""
