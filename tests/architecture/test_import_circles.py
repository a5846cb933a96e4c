"""No import circle in src/ganvas: not at the top of a file, not inside a function, not under TYPE_CHECKING."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import ganvas

ROOT = Path(ganvas.__file__).parent

Graph = dict[str, set[str]]


def module_name(path: Path, root: Path, package: str) -> str:
    """The dotted name of a source file; a package is named by its ``__init__.py``."""
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join((package, *(parts[:-1] if parts[-1] == "__init__" else parts)))


def imported(tree: ast.AST, name: str, is_package: bool, modules: set[str]) -> Iterator[str]:
    """The modules of the same tree that a file imports, wherever in the file the import stands.

    ``from package import module`` is an import of the module; ``from package import name`` is one of the package's
    ``__init__.py``, whose own imports count as well.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in modules)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = name.split(".") if is_package else name.split(".")[:-1]
                kept = parents[: len(parents) - node.level + 1]
                base = ".".join([*kept, base] if base else kept)
            for alias in node.names:
                if f"{base}.{alias.name}" in modules:
                    yield f"{base}.{alias.name}"
                elif base in modules:
                    yield base


def import_graph(root: Path, package: str) -> Graph:
    """Module → the modules of the same tree that it imports."""
    files = {module_name(path, root, package): path for path in sorted(root.rglob("*.py"))}
    graph: Graph = {}
    for name, path in files.items():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        graph[name] = set(imported(tree, name, path.name == "__init__.py", set(files))) - {name}
    return graph


def circles(graph: Graph) -> list[list[str]]:
    """The strongly connected components of two or more modules (Tarjan 1972), each sorted by name."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(node: str) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in sorted(graph[node]):
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            component = stack[stack.index(node) :]
            del stack[stack.index(node) :]
            if len(component) > 1:
                found.append(sorted(component))

    for node in sorted(graph):
        if node not in index:
            visit(node)
    return sorted(found)


def test_no_two_files_import_each_other_directly_or_by_a_detour() -> None:
    graph = import_graph(ROOT, "ganvas")
    assert len(graph) > 100
    found = circles(graph)
    assert not found, "import circles:\n" + "\n".join(" ↔ ".join(one) for one in found)


def test_circles_are_found_in_functions_under_type_checking_and_through_a_package(tmp_path: Path) -> None:
    package = tmp_path / "house"
    (package / "room").mkdir(parents=True)
    sources = {
        "__init__.py": "",
        "a.py": "def f():\n    from house import b\n",
        "b.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .a import f\n",
        "c.py": "from house.room import thing\nfrom house import a\n",
        "room/__init__.py": "from house.room.wall import thing\n",
        "room/wall.py": "import house.c\nthing = 1\n",
        "room/door.py": "from . import wall\nfrom .. import a\n",
    }
    for name, text in sources.items():
        (package / name).write_text(text)
    graph = import_graph(package, "house")
    assert graph["house.room.door"] == {"house.room.wall", "house.a"}
    assert circles(graph) == [["house.a", "house.b"], ["house.c", "house.room", "house.room.wall"]]
