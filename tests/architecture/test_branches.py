"""No code outside the declaring packages branches on the name of a task, family, degradation or domain."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from ganvas.curate.sketch.degrade import DEGRADATIONS
from ganvas.models.families import FAMILIES
from ganvas.tasks import TASKS

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "ganvas"
WEB = ROOT / "web" / "src"

DECLARED_IN = (
    "tasks/",
    "models/families/",
    "models/imports/",
    "serve/features/",
    "curate/sketch/degrade.py",
    "spec.py",
)
WEB_DECLARED_IN = ("features/", "api/schema.ts")
SUBJECTS = {"task", "family", "degradation", "domain", "family_name"}
NAMES = frozenset({*FAMILIES, *DEGRADATIONS, *TASKS})


def _last_name(node: ast.expr) -> str:
    """``x.y.task`` and ``task`` → ``task``; everything else → the empty string."""
    match node:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
        case ast.Call(func=ast.Name(id="str"), args=[only]):
            return _last_name(only)
        case _:
            return ""


def _constants(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def _branches(tree: ast.AST) -> Iterator[int]:
    """Line numbers of comparisons, cases and prefix tests about one of the names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            about = any(_last_name(side) in SUBJECTS for side in sides)
            named = [text for side in sides for text in _constants(side) if text in NAMES]
            if about and named:
                yield node.lineno
        elif isinstance(node, ast.Match) and _last_name(node.subject) in SUBJECTS:
            if any(text in NAMES for case in node.cases for text in _constants(case.pattern)):
                yield node.lineno
        elif isinstance(node, ast.Call) and _tests_text_of_a_subject(node):
            yield node.lineno


def _tests_text_of_a_subject(call: ast.Call) -> bool:
    """Whether a call is ``task.startswith(…)`` or ``re.search(…, task)``."""
    if not isinstance(call.func, ast.Attribute):
        return False
    if call.func.attr in ("startswith", "endswith"):
        return _last_name(call.func.value) in SUBJECTS
    return call.func.attr in ("match", "search", "fullmatch") and any(_last_name(arg) in SUBJECTS for arg in call.args)


def test_the_package_does_not_branch_on_names() -> None:
    found = [
        f"{path.relative_to(PACKAGE)}:{line}"
        for path in sorted(PACKAGE.rglob("*.py"))
        if not path.relative_to(PACKAGE).as_posix().startswith(DECLARED_IN)
        for line in _branches(ast.parse(path.read_text()))
    ]
    assert not found, "these branch on a name that a declaration should decide:\n" + "\n".join(found)


def test_nothing_looks_for_members_by_their_name() -> None:
    found = [
        f"{path.relative_to(PACKAGE)}:{node.lineno}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "hasattr"
    ]
    assert not found, "declare a capability in place of hasattr:\n" + "\n".join(found)


def test_the_pages_do_not_branch_on_names() -> None:
    quoted = "|".join(sorted(re.escape(name) for name in NAMES))
    subject = r"\.(?:task|family|degradation|domains)\b"
    branch = re.compile(
        rf"{subject}\??\.(?:startsWith|endsWith|match|includes|split)|{subject}\s*[!=]==|switch\s*\([^)]*{subject}"
        rf"|case\s+[\"'](?:{quoted})[\"']"
    )
    found = [
        f"{path.relative_to(WEB)}:{number}"
        for path in sorted([*WEB.rglob("*.ts"), *WEB.rglob("*.tsx")])
        if path.relative_to(WEB).as_posix() != "api/schema.ts"
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if branch.search(line)
    ]
    assert not found, "these branch on a name that the server's card should decide:\n" + "\n".join(found)


def test_the_search_finds_each_kind_of_branch() -> None:
    code = (
        "if family.task == 'paired': ...\n"
        "if info.family == 'ugatit': ...\n"
        "match data.task:\n    case 'unpaired': ...\n"
        "if data.degradation.startswith('sketch'): ...\n"
        "if re.search('draw', domain): ...\n"
        "if other.task is None: ...\n"
    )
    assert sorted(_branches(ast.parse(code))) == [1, 2, 3, 5, 6]
