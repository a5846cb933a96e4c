"""``ganvas suggest``: what can be learned from a folder of pictures or music, and with which recipe."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ganvas.cli.app import app
from ganvas.cli.options import TRAIN

if TYPE_CHECKING:
    from ganvas.cli.output import Output
    from ganvas.suggestion import MusicSurvey, Report, Suggestion


@app.command(rich_help_panel=TRAIN)
def suggest(
    folder: Annotated[Path, typer.Argument(help="A folder or zip of pictures or music.", metavar="FOLDER")],
    goal: Annotated[str | None, typer.Option(help="Suggest for this goal alone.")] = None,
    estimate: Annotated[
        bool, typer.Option("--estimate/--no-estimate", help="Measure time and memory with a few real steps.")
    ] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Look at a folder of pictures or music, and suggest what to train on it on this machine."""
    from ganvas.cli.output import Output
    from ganvas.errors import UserError
    from ganvas.suggestion import suggest as suggest_for

    out = Output(quiet=as_json)
    with out.console.status("looking at a sample of the files"):
        report = suggest_for(folder, goal=goal)
    if as_json:
        _print_json(report)
        return
    out.line(_describe(report, folder))
    out.line(_machine(report))
    if not report.suggestions:
        lacking = "; ".join(f"{one.title}: {one.reason.sentence}" for one in report.missing)
        raise UserError(f"These files are too few or too small for any recipe ({lacking or 'none fits'}).")
    out.suggestions(report)
    best = report.suggestions[0]
    out.line(f"Suggested: {best.recipe}, because of {'; '.join(reason.sentence for reason in best.reasons)}.")
    if estimate:
        _estimate(out, best, folder)
    out.next_steps(_command(best, folder))


def _command(one: Suggestion, folder: Path) -> str:
    import shlex

    sets = "".join(f" --set {text}" for text in one.sets)
    return f"ganvas train {one.recipe} --data {shlex.quote(str(folder))}{sets}"


def _describe(report: Report, folder: Path) -> str:
    from ganvas.suggestion import MusicSurvey

    found = report.survey
    if isinstance(found, MusicSurvey):
        return _describe_music(found, folder)
    kinds: dict[str, str] = {
        "pictures": "",
        "classes": f" in {len(found.classes):,} folders",
        "domains": f" in two folders ({', '.join(found.classes)})",
        "pairs": " with a source each",
    }
    seen = [f"{found.width} × {found.height} px"]
    if found.faces is None:
        seen.append("faces not looked for (the weights are missing: `ganvas weights fetch face-detection yunet`)")
    elif found.faces:
        seen.append(f"faces in {found.faces:.0%}")
    if found.drawings:
        seen.append("drawings")
    if found.grey >= 0.5:
        seen.append(f"{found.grey:.0%} grey")
    if found.unreadable:
        seen.append(f"{found.unreadable} unreadable")
    return (
        f"{folder}: {found.pictures:,} pictures{kinds[found.arrangement]}. In a sample of {found.looked_at}: "
        f"{', '.join(seen)}."
    )


def _describe_music(found: MusicSurvey, folder: Path) -> str:
    roles = ", ".join(f"{role} in {count}" for role, count in found.roles.items())
    beside = f" (and {found.pictures:,} pictures, which are left out)" if found.pictures else ""
    unreadable = "".join(f" {path} cannot be used: {reason}." for path, reason in found.unreadable.items())
    return (
        f"{folder}: {found.files:,} music files{beside}. In a sample of {found.looked_at}: {found.pieces} pieces of "
        f"{found.parts} parts at the median; {roles}.{unreadable}"
    )


def _machine(report: Report) -> str:
    machine = report.machine
    gpu = f"{machine.gpu} with {machine.gpu_gb:.0f} GB" if machine.gpu else "no GPU"
    return f"This machine: {machine.cores} processor {'core' if machine.cores == 1 else 'cores'}, {gpu}."


def _estimate(out: Output, one: Suggestion, folder: Path) -> None:
    """Measure the suggested training on a sample of the files."""
    from ganvas.errors import UserError
    from ganvas.pipeline import pack_for
    from ganvas.recipe import load
    from ganvas.suggestion import write_sample

    recipe = load(one.recipe, [*one.sets, "data.minimum=1", "data.held_out=0"])
    with tempfile.TemporaryDirectory(prefix="ganvas-suggest-") as place:
        sample, packed = Path(place) / "sample", Path(place) / "packed.zip"
        sample.mkdir()
        write_sample(folder, sample)
        try:
            out.estimate(recipe, pack_for(recipe, sample, output=packed).path)
        except UserError as error:
            out.line(f"Time and memory could not be measured: {error}")


def _print_json(report: Report) -> None:
    import json

    content = {
        "survey": report.survey._asdict(),
        "machine": report.machine._asdict(),
        "suggestions": [one.model_dump(mode="json") for one in report.suggestions],
        "missing": [one.model_dump(mode="json") for one in report.missing],
    }
    typer.echo(json.dumps(content, indent=2, ensure_ascii=False))
