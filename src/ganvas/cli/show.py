"""``ganvas show``: one recipe, resolved, with its networks and parameter counts."""

from __future__ import annotations

from typing import Annotated

import typer

from ganvas.cli.app import app
from ganvas.cli.options import TRAIN, RecipeName, Sets


@app.command(rich_help_panel=TRAIN)
def show(
    recipe: RecipeName,
    as_json: Annotated[bool, typer.Option("--json", help="For scripts.")] = False,
    sets: Sets = None,
) -> None:
    """Show a recipe: every setting, stages and phases, parameter counts."""
    import json

    from ganvas.cli.output import Output
    from ganvas.recipe import load

    resolved = load(recipe, sets or [])  # before torch is imported: an unknown name is refused at once
    from ganvas.train.outline import outline

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
    Output().plan(resolved)
