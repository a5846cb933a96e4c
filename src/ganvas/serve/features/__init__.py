"""The features of the studio, one folder each."""
