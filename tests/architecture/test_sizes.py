"""Sizes that call for two files or two functions: a limit that fails, and a list of what comes near it."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]

FILE, FUNCTION, COMPONENT = 400, 80, 200  # lines: more than this fails
FILE_ALMOST, FUNCTION_ALMOST = 350, 60  # lines: more than this is printed (pytest -rP shows it)

# What may be longer, each with its reason.
LONGER_FILES = {
    "web/src/api/schema.ts": "generated from the OpenAPI document",
}
LONGER_FUNCTIONS = {
    "src/ganvas/cli/collect.py:collect": "each option of the command takes three lines",
    "src/ganvas/cli/pack.py:pack": "each option of the command takes three lines",
    "src/ganvas/cli/studio.py:studio": "each option of the command takes three lines",
    "src/ganvas/curate/catalog/migrations/versions/r0001.py:upgrade": "a migration is never edited again",
}
LONGER_COMPONENTS: dict[str, str] = {}


def _files(*endings: str) -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True)
    paths = (ROOT / line for line in listed.stdout.splitlines() if line.endswith(endings))
    return [path for path in paths if path.is_file()]


def _functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{path.relative_to(ROOT)}:{node.name}", (node.end_lineno or 0) - node.lineno + 1


def _components(path: Path) -> Iterator[tuple[str, int]]:
    """Top-level functions of a TSX file whose names begin with a capital, with their length in lines."""
    lines = path.read_text().splitlines()
    starts = [
        (number, found[1])
        for number, line in enumerate(lines)
        if (found := re.match(r"(?:export )?(?:default )?(?:function|const) ([A-Z]\w*)\b", line)) and line[-1] in "{("
    ]
    for number, name in starts:
        end = next((i for i in range(number, len(lines)) if re.match(r"[})]+;?$", lines[i])), number)
        yield f"{path.relative_to(ROOT)}:{name}", end - number + 1


def _report(what: str, sizes: list[tuple[str, int]], limit: int, almost: int, longer: dict[str, str]) -> None:
    over = [f"{size:5} {name}" for name, size in sizes if size > limit and name not in longer]
    near = sorted(((size, name) for name, size in sizes if almost < size <= limit), reverse=True)
    print(  # noqa: T201 - the list is for people
        f"{what} over {almost} lines:", *(f"{size:5} {name}" for size, name in near), sep="\n"
    )
    gone = sorted(set(longer) - {name for name, size in sizes if size > limit})
    assert not gone, f"no longer over {limit} lines, so take them off the list: {', '.join(gone)}"
    assert not over, f"{what} over {limit} lines:\n" + "\n".join(over)


def test_files_are_about_one_thing() -> None:
    sizes = [
        (path.relative_to(ROOT).as_posix(), len(path.read_text().splitlines()))
        for path in _files(".py", ".ts", ".tsx", ".css")
    ]
    _report("files", sizes, FILE, FILE_ALMOST, LONGER_FILES)


def test_functions_fit_on_a_screen() -> None:
    sizes = [entry for path in _files(".py") for entry in _functions(path)]
    _report("functions", sizes, FUNCTION, FUNCTION_ALMOST, LONGER_FUNCTIONS)


def test_components_are_small() -> None:
    sizes = [entry for path in _files(".tsx") for entry in _components(path)]
    _report("components", sizes, COMPONENT, COMPONENT - 50, LONGER_COMPONENTS)
