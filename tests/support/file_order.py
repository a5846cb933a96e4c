"""The order of the test files: those without a browser first, and of each kind the longest first."""

from __future__ import annotations

# Files that take longest, so that none of them is left when the other workers have ended. The rest is a few seconds
# per file.
LONGEST = (
    "contract/test_contract.py",
    "bundle/test_quantize.py",
    "deploy/test_pipeline_script.py",
    "golden/test_studio.py",
    "golden/test_runs.py",
    "docs/test_tutorials.py",
    "serve/test_review_api.py",
    "apps/test_makeup.py",
    "serve/test_access.py",
    "docs/test_contributing.py",
    "browser/test_draw_page.py",
    "browser/test_train_page.py",  # not first: it starts trainings, and the web's own tests run at the beginning
    "browser/test_generate_tools.py",
    "browser/test_translate_page.py",
    "browser/test_studio.py",
    "browser/test_curate_page.py",
    "browser/test_draw_sharing.py",
    "browser/test_accessibility.py",
)


def rank(path: str) -> tuple[bool, int]:
    """Sorts files: those without a browser first, and of each kind the longest first."""
    places = (place for place, name in enumerate(LONGEST) if path.endswith(f"/{name}"))
    return "/browser/" in path, next(places, len(LONGEST))
