"""What all routes of the studio share: errors, uploads, models in memory, static files."""
