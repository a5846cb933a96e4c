"""Review rounds, agreement between reviewers, and reports."""
