"""The command that says how a run goes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ganvas.cli.app import TRAIN, app


@app.command(rich_help_panel=TRAIN)
def status(
    path: Annotated[
        Path, typer.Argument(help="The folder of a run, or of several; runs when left out.", metavar="[RUN|RUNS]")
    ] = Path("runs"),
    as_json: Annotated[bool, typer.Option("--json", help="For scripts.")] = False,
) -> None:
    """Say how a run goes: where it stands, how fast, how long still, what is wrong and what to try."""
    import json

    from ganvas.cli.output import Teller
    from ganvas.errors import UserError
    from ganvas.runs.folder import RunDir

    found = [path] if RunDir(path).status.is_file() else sorted(p.parent for p in path.glob("*/status.json"))
    if not found:
        raise UserError(f"{path} is no run and holds none; give a folder that `ganvas train` made, such as runs/NAME.")
    told = [_read(RunDir(root)) for root in found]
    if as_json:
        typer.echo(json.dumps(told[0] if found == [path] else told, ensure_ascii=False, indent=1))
        return
    tell = Teller()
    for number, run in enumerate(told):
        if number:
            tell.say("")
        for line, style in _lines(run):
            tell.say(line, style)


def _read(run: Any) -> dict[str, Any]:
    """``status.json``, with what a killed process could not say, and the last of each measurement."""
    from ganvas.runs.reader import latest_metrics, process_has_ended, read_status

    content = read_status(run)
    if content.get("state") == "running" and process_has_ended(content.get("pid")):
        content["state"] = "killed"
    return {"run": str(run.root), **content, "metrics": latest_metrics(run)}


def _lines(run: dict[str, Any]) -> list[tuple[str, str | None]]:
    from ganvas.cli.progress import duration

    colours = {"running": "green", "finished": "green", "stopped": "yellow"}
    state = str(run.get("state", "unknown"))
    said: list[tuple[str, str | None]] = [(f"{run['run']}: {state}", f"bold {colours.get(state, 'red')}")]
    said.append((f"  recipe   {run.get('recipe', 'unknown')} ({run.get('family', 'unknown')})", None))
    at, total = _number(run.get("nimg")) / 1000, _number(run.get("total_kimg"))
    said.append((f"  stands   at {at:.4g} of {total:g} kimg ({_number(run.get('progress')):.0%})", None))
    speed, left = _number(run.get("images_per_second")), run.get("eta_seconds")
    if speed:
        ends = f", {duration(left)} left" if state == "running" and isinstance(left, int | float) else ""
        said.append((f"  speed    {speed:,.3g} images/s{ends}", None))
    if run.get("error"):
        said.append((f"  error    {run['error']}", "red"))
    if state in ("stopped", "killed"):
        said.append(("  next     the command it was begun with goes on from its newest checkpoint", None))
    for sentence in run.get("health") or ():
        said.append((f"  health   {sentence['sentence']}", "red" if sentence["level"] == "error" else "yellow"))
    if not run.get("health"):
        said.append(("  health   nothing unusual so far", None))
    for line in run["metrics"]:
        spread = f" ± {line['std']:.2g}" if isinstance(line.get("std"), int | float) else ""
        against = line.get("protocol", {}).get("pictures")
        named = f" against the {against.replace('_', '-')} pictures" if against else ""
        moment = f"{line.get('nimg', 0) / 1000:.4g} kimg"
        said.append((f"  measured {line['metric']} {line['value']:.4g}{spread} at {moment}{named}", None))
    return said


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
