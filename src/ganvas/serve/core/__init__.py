"""What the features of the studio share."""
