"""The review of a catalogue: rounds, verdicts, agreement between reviewers, reports."""
