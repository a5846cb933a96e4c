"""The ``ganvas`` command: parse, call one function, print. Imports are inside the commands: help needs no torch."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from ganvas.curate.pack import PackReport
    from ganvas.recipe import Recipe
    from ganvas.terms import RunDir

app = typer.Typer(
    name="ganvas",
    help="From a folder of pictures to a GAN in the browser.",
    no_args_is_help=True,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
weights_app = typer.Typer(help="The pretrained files Ganvas uses: list, fetch, add.", invoke_without_command=True)
app.add_typer(weights_app, name="weights")

RecipeName = Annotated[
    str, typer.Argument(help="A name that `ganvas recipes` lists, or a YAML file.", metavar="RECIPE")
]
Sets = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change a setting, such as train.kimg=100.")
]
Place = Annotated[Path, typer.Argument(help="The folder of a run or of a bundle.", metavar="RUN|BUNDLE")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")]
Devices = Annotated[int | None, typer.Option(help="Processes that train together.")]


# ── Data ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@app.command()
def sample(
    what: Annotated[str, typer.Argument(help="What to draw: avatars.", metavar="avatars")] = "avatars",
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the pictures.")] = Path("data/avatars"),
    count: Annotated[int, typer.Option(help="How many.")] = 1000,
    size: Annotated[int, typer.Option(help="Side of a picture, in pixels.")] = 128,
    seed: Annotated[int, typer.Option(help="Which ones.")] = 0,
    style: Annotated[str, typer.Option(help="Style of the avatars.")] = "lorelei",
    quiet: Quiet = False,
) -> None:
    """Draw free pictures to try everything with: CC0 avatars, offline."""
    from ganvas.console import Counting
    from ganvas.terms import UserError

    if what != "avatars":
        raise UserError(f"There is no sample {what!r}; the one there is: `ganvas sample avatars`.")
    _at_least("--count", count, 1)
    from ganvas.curate.avatars import draw_avatars

    console = _console()
    with Counting(console, "drawing", quiet=quiet) as progress:
        drawn = draw_avatars(output, count, size=size, seed=seed, style=style, progress=progress)
    if not quiet:
        _say(console, f"{drawn:,} avatars lie in {output}.")
        _next(console, f"ganvas train dcgan-quick --data {output}")


@app.command()
def pack(
    source: Annotated[Path, typer.Argument(help="A folder or zip of pictures.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The .zip to write; a cache by default.")
    ] = None,
    resolution: Annotated[int, typer.Option(help="Side of the square pictures, in pixels.")] = 64,
    crop: Annotated[str, typer.Option(help="center, smart or stretch.")] = "center",
    channels: Annotated[int, typer.Option(help="3 for colour, 1 for grey.")] = 3,
    quiet: Quiet = False,
) -> None:
    """Prepare pictures once: cut square, resized, in one file. `train` does this by itself."""
    from ganvas.console import Counting
    from ganvas.curate.pack import pack as pack_pictures
    from ganvas.terms import UserError

    if crop not in ("center", "smart", "stretch"):
        raise UserError(f"--crop is center, smart or stretch, not {crop!r}.")
    if channels not in (1, 3):
        raise UserError(f"--channels is 3 (colour) or 1 (grey), not {channels}.")
    console = _console()
    with Counting(console, "packing", quiet=quiet) as progress:
        report = pack_pictures(source, output, resolution=resolution, crop=crop, channels=channels, progress=progress)  # type: ignore[arg-type]
    if not quiet:
        _tell_packed(console, report)


def _tell_packed(console: Console, report: PackReport) -> None:
    classes = f" in {len(report.classes)} classes" if report.classes else ""
    _say(
        console,
        f"{report.count:,} pictures{classes} {'were packed already' if report.reused else 'packed'}: {report.path}",
    )
    if report.enlarged:
        _say(
            console, f"{report.enlarged:,} of them are smaller than that and were enlarged: expect them soft.", "yellow"
        )
    if report.skipped:
        _say(console, f"{len(report.skipped):,} files could not be used:", "yellow")
        for path, reason in report.skipped[:20]:
            _say(console, f"  {path}: {reason}", "yellow")
        if len(report.skipped) > 20:
            _say(console, f"  … and {len(report.skipped) - 20:,} more, named in {report.path}", "yellow")


# ── Recipes ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@app.command()
def recipes() -> None:
    """List the recipes."""
    from rich.table import Table

    from ganvas.recipe import load, names

    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("recipe", "task", "what it is"):
        table.add_column(heading, no_wrap=heading != "what it is")
    for name, task in names().items():
        table.add_row(name, task, load(name).about)
    _console().print(table)


@app.command()
def show(
    recipe: RecipeName,
    as_json: Annotated[bool, typer.Option("--json", help="For scripts.")] = False,
    sets: Sets = None,
) -> None:
    """Show a recipe in full: every setting, the stages and phases, the networks' sizes."""
    import json

    from ganvas.recipe import load
    from ganvas.train.forecast import outline

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
    _tell_plan(_console(), resolved)


def _tell_plan(console: Console, recipe: Recipe, classes: tuple[str, ...] | None = None) -> None:
    from rich.table import Table

    from ganvas.train.forecast import outline

    plan = outline(recipe, classes)
    table = Table(
        title=f"{recipe.name}: {recipe.family}, {plan.task}", title_justify="left", box=None, header_style="bold"
    )
    for heading in ("stage", "kimg", "batch", "phase", "trains", "when"):
        table.add_column(heading)
    for stage in plan.stages:
        first = (stage.name, f"{stage.kimg:g}", str(stage.batch_size))
        for phase in stage.phases:
            when = (
                f"every {phase.every}"
                if phase.every > 1
                else f"{phase.repeat} times a step"
                if phase.repeat > 1
                else ""
            )
            table.add_row(*first, phase.name, ", ".join(phase.trains), when)
            first = ("", "", "")
    console.print(table)
    sizes = "  ".join(f"{name} {count:,}" for name, count in plan.networks.items())
    _say(console, f"parameters  {sizes}")


# ── Training ────────────────────────────────────────────────────────────────────────────────────────────────────────


@app.command()
def train(
    recipe: RecipeName,
    data: Annotated[Path, typer.Option("--data", "-d", help="A folder or zip of pictures.")],
    run: Annotated[Path | None, typer.Option(help="Folder of the run; runs/RECIPE-DATA by default.")] = None,
    sets: Sets = None,
    kimg: Annotated[float | None, typer.Option(help="How long, in thousands of pictures shown.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what it would take.")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Begin anew where a run stands already.")] = False,
    devices: Devices = None,
    train_only: Annotated[bool, typer.Option("--train-only", help="Neither evaluate nor export at the end.")] = False,
    quiet: Quiet = False,
) -> int:
    """Train on a folder of pictures, evaluate and export. The same command goes on where it was stopped."""
    import os

    from ganvas.console import Counting
    from ganvas.curate.pack import pack as pack_pictures
    from ganvas.recipe import load
    from ganvas.terms import RunDir

    changes = [*(sets or [])]
    changes += [f"train.kimg={kimg}"] if kimg is not None else []
    changes += [f"train.devices={devices}"] if devices is not None else []
    resolved = load(recipe, changes)
    first = os.environ.get("LOCAL_RANK", "0") == "0"
    quiet = quiet or not first
    console = _console()
    settings = resolved.data
    with Counting(console, "packing", quiet=quiet) as progress:
        report = pack_pictures(
            data,
            resolution=settings.resolution,
            crop=settings.crop,
            channels=settings.channels,
            minimum=settings.minimum,
            side_by_side=settings.side_by_side,
            progress=progress,
        )
    if not quiet:
        _tell_packed(console, report)
        _tell_plan(console, resolved, report.classes)
    if dry_run:
        _tell_forecast(console, resolved, report.path)
        return 0
    place = RunDir(run or Path("runs") / f"{resolved.name}-{data.resolve().stem}")
    return _play(console, resolved, place, report.path, fresh=fresh, finish=first and not train_only, quiet=quiet)


def _play(
    console: Console, recipe: Recipe, run: RunDir, dataset: Path, *, fresh: bool, finish: bool, quiet: bool
) -> int:
    from ganvas.console import TrainingView, duration
    from ganvas.terms import UserError
    from ganvas.train.trainer import train as train_recipe

    if not quiet:
        _say(console, f"The run is {run.root} (Ctrl+C stops it and keeps everything).")
    with TrainingView(console, quiet=quiet) as view:
        summary = train_recipe(recipe, run, dataset, fresh=fresh, listener=view)
    if summary.state == "stopped":
        _complain(f"Stopped at {summary.nimg / 1000:.3g} kimg; all is saved in {run.root}, the same command goes on.")
        return 130
    if not quiet:
        spent = f"{duration(summary.seconds)}, {summary.images_per_second:,.0f} images a second"
        _say(console, f"Trained to {summary.nimg / 1000:g} kimg ({spent}).")
    if finish:
        try:
            _measure_and_tell(console, run.root, quiet=quiet)
        except UserError as error:
            _say(console, f"Not evaluated: {error}", "yellow")
        _export_and_tell(console, run.root, None, None, quiet=quiet)
    if not quiet:
        _say(console, f"Sheets of samples: {run.sheets}   curves: {run.stats}   recipe: {run.recipe}")
        _next(console, f"ganvas studio --runs {run.root.parent}", f"ganvas generate {run.root} --grid")
    return 0


def _tell_forecast(console: Console, recipe: Recipe, dataset: Path) -> None:
    from ganvas.console import duration
    from ganvas.train.forecast import forecast

    with console.status("playing a few steps"):
        expected = forecast(recipe, dataset)
    memory = f"{expected.state_mb + expected.activations_mb:,.0f} MB"
    parts = f"{expected.state_mb:,.0f} weights, gradients, optimisers, averages; {expected.activations_mb:,.0f} a step"
    _say(console, f"memory      about {memory} beside Python and torch ({parts})")
    speed = f"{expected.images_per_second:,.1f} images a second, measured here"
    _say(console, f"time        about {duration(expected.seconds)} ({speed}; sheets and metrics come on top)")


# ── After training ──────────────────────────────────────────────────────────────────────────────────────────────────


@app.command()
def evaluate(
    path: Place,
    data: Annotated[Path | None, typer.Option("--data", "-d", help="Real pictures; a run knows its own.")] = None,
    count: Annotated[int | None, typer.Option(help="Pictures to make.")] = None,
    features: Annotated[str | None, typer.Option(help="auto, effnet, inception or inception-clean.")] = None,
    quiet: Quiet = False,
) -> None:
    """Measure a model against real pictures: FID, KID, IS, precision and recall, each with its protocol."""
    _measure_and_tell(_console(), path, data, count, features, quiet=quiet)


def _measure_and_tell(
    console: Console,
    path: Path,
    data: Path | None = None,
    count: int | None = None,
    features: str | None = None,
    *,
    quiet: bool,
) -> None:
    from ganvas.console import metric_table
    from ganvas.models.features import missing_inception
    from ganvas.train.making import compare

    with console.status("evaluating"):
        lines = compare(path, data, count=count, features=features)
    if not quiet:
        console.print(metric_table(lines))
        if (sentence := missing_inception()) is not None and features in (None, "auto"):
            _say(console, sentence)


@app.command()
def generate(
    path: Place,
    count: Annotated[int, typer.Option(help="How many pictures.")] = 16,
    seed: Annotated[int, typer.Option(help="Seed of the first; the next ones follow.")] = 0,
    class_name: Annotated[str | None, typer.Option("--class", help="Name or number of a class.")] = None,
    psi: Annotated[float, typer.Option(help="Truncation: 1 varied, lower safer.")] = 1.0,
    source: Annotated[Path | None, typer.Option(help="Translation: the picture or folder to translate.")] = None,
    prepared: Annotated[
        bool, typer.Option("--prepared", help="The sources are the model's own, such as drawings.")
    ] = False,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Folder (or .zip, or .png of a grid) to write.")
    ] = Path("generated"),
    as_zip: Annotated[bool, typer.Option("--zip", help="One zip in place of a folder.")] = False,
    grid: Annotated[bool, typer.Option("--grid", help="One picture of all, in place of single ones.")] = False,
    quiet: Quiet = False,
) -> None:
    """Make pictures with a trained model."""
    from ganvas.train.making import make, write

    _at_least("--count", count, 1)
    made = make(path, count=count, seed=seed, class_name=class_name, psi=psi, source=source, prepared=prepared)
    written = write(made, output, as_zip=as_zip, grid_only=grid)
    if not quiet:
        _say(_console(), f"{len(made)} pictures: {written}")


@app.command()
def export(
    path: Annotated[Path, typer.Argument(help="The folder of a run.", metavar="RUN")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Folder of the bundle; RUN/bundle by default.")
    ] = None,
    onnx: Annotated[
        bool | None, typer.Option("--onnx/--no-onnx", help="With an ONNX graph; if possible by default.")
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Write a run's model as a bundle: weights, ONNX, card, preview, checksums."""
    console = _console()
    _export_and_tell(console, path, output, onnx, quiet=quiet)
    if not quiet:
        _next(console, f"ganvas studio --bundles {(output or path / 'bundle').parent}")


def _export_and_tell(console: Console, path: Path, output: Path | None, onnx: bool | None, *, quiet: bool) -> None:
    from ganvas.terms import RunDir
    from ganvas.train.finish import export_run, open_run

    with console.status("exporting"):
        run = RunDir(path)
        bundle = export_run(run, open_run(run), output, onnx=onnx)
    if quiet:
        return
    graph = bundle.info.onnx
    told = f"ONNX differs by {graph.max_difference:.1g} at most" if graph else "no ONNX: pip install 'ganvas[export]'"
    _say(console, f"The bundle is {bundle.path} ({told}).")


@app.command()
def studio(
    bundles: Annotated[Path, typer.Option(help="Folder that holds bundles.")] = Path("bundles"),
    runs: Annotated[Path, typer.Option(help="Folder that holds runs.")] = Path("runs"),
    host: Annotated[str, typer.Option(help="Address to listen at; 0.0.0.0 lets others in.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen at.")] = 8300,
    open_browser: Annotated[bool, typer.Option("--open", help="Open a browser.")] = False,
) -> None:
    """Play with the models in the browser, and watch runs."""
    from ganvas.doctor import EXTRAS, missing_modules
    from ganvas.terms import UserError

    if not 1 <= port <= 65535:
        raise UserError(f"--port is a number from 1 to 65535, not {port}.")
    if missing := missing_modules(EXTRAS["studio"][1]):
        raise UserError(f"The studio needs {', '.join(missing)}: run `pip install 'ganvas[studio]'`.")
    from ganvas.serve.server import serve

    console = _console()
    serve(
        bundles,
        runs,
        host=host,
        port=port,
        open_browser=open_browser,
        on_ready=lambda address: _say(console, f"The studio is at {address} (Ctrl+C ends it)."),
    )


# ── This machine ────────────────────────────────────────────────────────────────────────────────────────────────────


@weights_app.callback()
def weights_list(context: typer.Context) -> None:
    """The pretrained files Ganvas uses: which are here, and where the others come from."""
    if context.invoked_subcommand is None:
        _tell_weights()


def _tell_weights() -> None:
    from rich.table import Table

    from ganvas.weights import listing

    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("name", "here", "size", "licence", "used for"):
        table.add_column(heading)
    for weight, path in listing():
        size = f"{weight.size / 1e6:.1f} MB"
        table.add_row(weight.name, "yes" if path else "no", size, weight.licence, weight.used_for)
    _console().print(table)


@weights_app.command("list")
def weights_all() -> None:
    """The same as `ganvas weights`."""
    _tell_weights()


@weights_app.command("fetch")
def weights_fetch(name: Annotated[str, typer.Argument(help="A name that `ganvas weights` lists.")]) -> None:
    """Bring a file to this machine and verify it; it is kept, so that all works offline afterwards."""
    from ganvas.console import Counting
    from ganvas.weights import fetch

    console = _console()
    with Counting(console, name) as progress:
        path = fetch(name, progress)
    _say(console, f"{name} is at {path}")


@weights_app.command("add")
def weights_add(file: Annotated[Path, typer.Argument(help="A file you downloaded by hand.")]) -> None:
    """Take a file you downloaded elsewhere; its content says which one it is."""
    from ganvas.weights import add

    _say(_console(), f"{add(file).name} is in place.")


@app.command()
def doctor() -> None:
    """Say what this machine can do, and what is missing."""
    from rich.markup import escape
    from rich.table import Table

    from ganvas.doctor import examine

    colours = {"well": "green", "less": "yellow", "bad": "red"}
    table = Table(box=None, pad_edge=False, show_header=False)
    for finding in examine():
        style = colours[finding.level]
        advice = f"→ {finding.advice}" if finding.advice else ""
        table.add_row(f"[{style}]●[/]", escape(finding.subject), escape(finding.state), escape(advice))
    _console().print(table)


# ── Printing, and the way out ───────────────────────────────────────────────────────────────────────────────────────


def _console(*, error: bool = False) -> Console:
    from rich.console import Console

    return Console(stderr=error)


def _say(console: Console, sentence: str, style: str | None = None) -> None:
    console.print(sentence, style=style, markup=False, soft_wrap=True, highlight=False)


def _next(console: Console, *commands: str) -> None:
    _say(console, "Next: " + "   or   ".join(commands), "bold")


def _at_least(option: str, value: int, least: int) -> None:
    from ganvas.terms import UserError

    if value < least:
        raise UserError(f"{option} must be {least} or more, not {value}.")


def main(arguments: list[str] | None = None) -> int:
    """Run a command; returns the exit code: 0 well, 2 the user can put it right, 130 interrupted, 1 a fault of ours."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given
    given = [argument for argument in given if argument != "--debug"]
    try:
        return int(app(given, prog_name="ganvas", standalone_mode=False) or 0)
    except KeyboardInterrupt:
        _complain("Interrupted; what was written before is kept.")
        return 130
    except Exception as error:  # noqa: BLE001 - the last resort: a user never meets a traceback unasked
        return _explain(error, debug)


def _explain(error: Exception, debug: bool) -> int:
    from ganvas.terms import UserError

    sentence: str | None = None
    code = 2
    show_message = getattr(error, "format_message", None)
    if isinstance(error, UserError):
        sentence = str(error)
    elif type(error).__name__ == "NoArgsIsHelpError":
        typer.echo(show_message() if show_message else str(error))
        return 0
    elif type(error).__name__ == "Abort":
        sentence, code = "Interrupted; what was written before is kept.", 130
    elif show_message is not None:  # the parser's own
        sentence = show_message().rstrip(".").replace("\n", " ") + "; see `ganvas --help`."
    if debug:
        raise error
    if sentence is None:
        text = " ".join(str(error).split())[:300]
        sentence = f"Something went wrong inside Ganvas ({type(error).__name__}: {text}); --debug shows where."
        code = 1
    _complain(sentence)
    return code


def _complain(sentence: str) -> None:
    print(" ".join(sentence.split()), file=sys.stderr)  # noqa: T201 - the one way out for errors


if __name__ == "__main__":
    sys.exit(main())
