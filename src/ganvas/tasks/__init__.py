"""What each task decides: data checks, requests, sample sheets, metrics, page."""
