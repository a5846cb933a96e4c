"""Every command of Ganvas in the documentation has the arguments and options that it is given there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import typer
import typer.core
from support.shell_blocks import steps

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / "deploy").rglob("*.md"))]

ABOUT_MUSIC = {"music.md", "musegan.md"}
"""Pages on which ``ganvas generate RUN`` makes music, which has other options."""


def commands(page: str) -> list[list[str]]:
    """The words of each ``ganvas`` command in the shell blocks of a page, without ``ganvas``."""
    return [words[1:] for words in steps(page, "sh", "console") if words[0] == "ganvas"]


def _refusal(command: Any, words: list[str], parent: Any = None) -> str | None:
    """What is wrong with the words of a command, which is parsed and not run; None: nothing."""
    try:
        context = command.make_context(command.name, list(words), parent=parent)
        rest = [*getattr(context, "_protected_args", ()), *context.args]
        if not isinstance(command, typer.core.TyperGroup) or not rest:
            return None
        _, child, rest = command.resolve_command(context, rest)
    except typer.Exit:
        return None  # --help, --version
    except Exception as problem:
        # The classes of these errors are typer's own, and not public.
        said = str(problem.format_message()) if hasattr(problem, "format_message") else None
        if said is None:
            raise
        return None if "does not exist" in said else said
    return _refusal(child, rest, context)


@pytest.fixture(scope="module")
def ganvas() -> Any:
    """The command line."""
    from ganvas.cli import app

    return typer.main.get_command(app)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_commands_of_a_page_are_valid(path: Path, ganvas: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ganvas.apps.model_kind.makes_music", lambda _: path.name in ABOUT_MUSIC)
    refused = {" ".join(words): _refusal(ganvas, words) for words in commands(path.read_text())}
    assert {words: said for words, said in refused.items() if said is not None} == {}


def test_invalid_commands_are_recognised(ganvas: Any) -> None:
    page = "```sh\nganvas train dcgan-64 --dta x\nganvas trian\nganvas generate grid RUN --sedes 1 # x\n```\n"
    assert all(_refusal(ganvas, words) for words in commands(page))
    assert len(commands(page)) == 3
