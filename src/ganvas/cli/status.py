"""``ganvas status``: progress, speed, health and figures of runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ganvas.cli.app import app
from ganvas.cli.options import TRAIN


@app.command(rich_help_panel=TRAIN)
def status(
    path: Annotated[
        Path, typer.Argument(help="The folder of a run, or of several; `runs` by default.", metavar="[RUN|RUNS]")
    ] = Path("runs"),
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")] = False,
) -> None:
    """Print the progress of a run: kimg, speed, time left, what is wrong and what to try."""
    import json

    from ganvas.cli.output import Output
    from ganvas.errors import UserError
    from ganvas.runs.folder import RunDir

    found = [path] if RunDir(path).status.is_file() else sorted(p.parent for p in path.glob("*/status.json"))
    if not found:
        raise UserError(
            f"{path} is not a run and contains none; give a folder that `ganvas train` made, such as runs/NAME."
        )
    statuses = [_read(RunDir(root)) for root in found]
    if as_json:
        typer.echo(json.dumps(statuses[0] if found == [path] else statuses, ensure_ascii=False, indent=1))
        return
    out = Output()
    for number, run in enumerate(statuses):
        if number:
            out.line("")
        for line, style in _lines(run):
            out.line(line, style)


def _read(run: Any) -> dict[str, Any]:
    """``status.json``, with the state of a killed process corrected, who trains, and the last of each metric."""
    from ganvas.runs.lock import lock_state
    from ganvas.runs.reader import latest_metrics, process_has_ended, read_status

    content = read_status(run)
    lock = lock_state(run)
    if content.get("state") == "running" and (process_has_ended(content.get("pid")) if lock is None else not lock.held):
        content["state"] = "killed"
    trainer = lock.trainer.model_dump(include={"host", "pid", "started"}) if lock is not None and lock.held else None
    return {"run": str(run.root), **content, "trainer": trainer, "metrics": latest_metrics(run)}


def _lines(run: dict[str, Any]) -> list[tuple[str, str | None]]:
    from ganvas.cli.progress import duration

    colours = {"running": "green", "finished": "green", "stopped": "yellow"}
    state = str(run.get("state", "unknown"))
    lines: list[tuple[str, str | None]] = [(f"{run['run']}: {state}", f"bold {colours.get(state, 'red')}")]
    lines.append((f"  recipe   {run.get('recipe', 'unknown')} ({run.get('family', 'unknown')})", None))
    at, total = _number(run.get("nimg")) / 1000, _number(run.get("total_kimg"))
    lines.append((f"  progress {at:.4g} of {total:g} kimg ({_number(run.get('progress')):.0%})", None))
    trainer = run.get("trainer")
    if trainer:
        lines.append((f"  trainer  process {trainer['pid']} on {trainer['host']}, started {trainer['started']}", None))
    speed, left = _number(run.get("images_per_second")), run.get("eta_seconds")
    if speed:
        ends = f", {duration(left)} left" if state == "running" and isinstance(left, int | float) else ""
        lines.append((f"  speed    {speed:,.3g} images/s{ends}", None))
    if run.get("error"):
        lines.append((f"  error    {run['error']}", "red"))
    if state in ("stopped", "killed"):
        lines.append(("  next     run the same command again to resume from the newest checkpoint", None))
    for sentence in run.get("health") or ():
        lines.append((f"  health   {sentence['sentence']}", "red" if sentence["level"] == "error" else "yellow"))
    if not run.get("health"):
        lines.append(("  health   nothing unusual so far", None))
    for line in run["metrics"]:
        spread = f" ± {line['std']:.2g}" if isinstance(line.get("std"), int | float) else ""
        against = line.get("protocol", {}).get("pictures")
        named = f" against the {against.replace('_', '-')} pictures" if against else ""
        moment = f"{line.get('nimg', 0) / 1000:.4g} kimg"
        lines.append((f"  measured {line['metric']} {line['value']:.4g}{spread} at {moment}{named}", None))
    return lines


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
