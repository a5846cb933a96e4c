"""The project layout in the README names folders and files that exist, and every package."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def _tree() -> list[str]:
    page = (ROOT / "README.md").read_text()
    found = re.search(r"## Project layout.*?```\n(.*?)```", page, re.DOTALL)
    assert found is not None
    return found[1].splitlines()


def test_what_the_layout_names_exists() -> None:
    parents: list[str] = []
    missing = []
    for line in _tree():
        depth = (len(line) - len(line.lstrip())) // 2
        names = re.findall(r"(?<![\w/])([\w/]+(?:\.py|\.tsx|/))(?=[\s,·]|$)", line)
        folder = "/".join(parent.rstrip("/") for parent in parents[:depth])
        for name in names:
            place = ROOT / folder / name
            inside = ROOT / folder / names[0] / name
            missing += [] if place.exists() or inside.exists() else [f"{folder}/{name}"]
        parents[depth:] = [names[0]]
    assert not missing


def test_every_package_is_in_the_layout() -> None:
    tree = "\n".join(_tree())
    packages = sorted(path.parent.name for path in (ROOT / "src" / "ganvas").glob("*/__init__.py"))
    assert [name for name in packages if not re.search(rf"\b{name}/", tree)] == []
