"""Commands that show recipes."""

from __future__ import annotations

from typing import Annotated

import typer

from ganvas.cli.app import TRAIN, RecipeName, Sets, app


@app.command(rich_help_panel=TRAIN)
def recipes() -> None:
    """List the recipes."""
    from ganvas.cli.output import Teller

    Teller().recipes()


@app.command(rich_help_panel=TRAIN)
def show(
    recipe: RecipeName,
    as_json: Annotated[bool, typer.Option("--json", help="For scripts.")] = False,
    sets: Sets = None,
) -> None:
    """Show a recipe in full: every setting, the stages and phases, the networks' sizes."""
    import json

    from ganvas.cli.output import Teller
    from ganvas.recipe import load
    from ganvas.train.estimate import outline

    resolved = load(recipe, sets or [])
    plan = outline(resolved)
    if as_json:
        stages = [{**stage._asdict(), "phases": [phase._asdict() for phase in stage.phases]} for stage in plan.stages]
        content = {
            "name": resolved.name,
            "family": resolved.family,
            "task": str(plan.task),
            "recipe": resolved.model_dump(mode="json"),
            "stages": stages,
            "networks": plan.networks,
        }
        typer.echo(json.dumps(content, indent=1, ensure_ascii=False))
        return
    typer.echo(resolved.to_yaml())
    Teller().plan(resolved)
