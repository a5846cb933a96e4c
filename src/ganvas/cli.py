"""The ``ganvas`` command: parse, call one function, print. Imports are inside the commands: help needs no torch."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

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
    from ganvas.curate.avatars import draw_avatars
    from ganvas.telling import Teller
    from ganvas.terms import UserError

    if what != "avatars":
        raise UserError(f"There is no sample {what!r}; the one there is: `ganvas sample avatars`.")
    _at_least("--count", count, 1)
    tell = Teller(quiet)
    with tell.counting("drawing") as progress:
        drawn = draw_avatars(output, count, size=size, seed=seed, style=style, progress=progress)
    tell.say(f"{drawn:,} avatars lie in {output}.")
    tell.next(f"ganvas train dcgan-quick --data {output}")


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
    from ganvas.curate.pack import pack as pack_pictures
    from ganvas.telling import Teller
    from ganvas.terms import UserError

    if crop not in ("center", "smart", "stretch"):
        raise UserError(f"--crop is center, smart or stretch, not {crop!r}.")
    if channels not in (1, 3):
        raise UserError(f"--channels is 3 (colour) or 1 (grey), not {channels}.")
    tell = Teller(quiet)
    with tell.counting("packing") as progress:
        report = pack_pictures(source, output, resolution=resolution, crop=crop, channels=channels, progress=progress)  # type: ignore[arg-type]
    tell.packed(report)


# ── Recipes ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@app.command()
def recipes() -> None:
    """List the recipes."""
    from ganvas.telling import Teller

    Teller().recipes()


@app.command()
def show(
    recipe: RecipeName,
    as_json: Annotated[bool, typer.Option("--json", help="For scripts.")] = False,
    sets: Sets = None,
) -> None:
    """Show a recipe in full: every setting, the stages and phases, the networks' sizes."""
    import json

    from ganvas.recipe import load
    from ganvas.telling import Teller
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
    Teller().plan(resolved)


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
) -> None:
    """Train on a folder of pictures, evaluate and export. The same command goes on where it was stopped."""
    import os

    from ganvas.curate.pack import pack as pack_pictures
    from ganvas.recipe import load
    from ganvas.telling import Teller
    from ganvas.terms import RunDir

    changes = [*(sets or [])]
    changes += [f"train.kimg={kimg}"] if kimg is not None else []
    changes += [f"train.devices={devices}"] if devices is not None else []
    resolved = load(recipe, changes)
    first = os.environ.get("LOCAL_RANK", "0") == "0"
    tell = Teller(quiet or not first)
    settings = resolved.data
    with tell.counting("packing") as progress:
        report = pack_pictures(
            data,
            resolution=settings.resolution,
            crop=settings.crop,
            channels=settings.channels,
            minimum=settings.minimum,
            side_by_side=settings.side_by_side,
            progress=progress,
        )
    tell.packed(report)
    tell.plan(resolved, report.classes)
    if dry_run:
        tell.forecast(resolved, report.path)
        return
    place = RunDir(run or Path("runs") / f"{resolved.name}-{data.resolve().stem}")
    summary = tell.train(resolved, place, report.path, called=data.resolve().stem, fresh=fresh)
    if summary.state == "stopped":
        if first:
            at = f"{summary.nimg / 1000:.3g} kimg"
            _complain(f"Stopped at {at}; all is saved in {place.root}, the same command goes on.")
        raise SystemExit(130)
    if first:
        if not train_only:
            tell.finish(place)
        tell.trained(place)


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
    from ganvas.telling import Teller

    Teller(quiet).compare(path, data, count, features)


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
    from ganvas.telling import Teller
    from ganvas.train.making import make, write

    _at_least("--count", count, 1)
    made = make(path, count=count, seed=seed, class_name=class_name, psi=psi, source=source, prepared=prepared)
    written = write(made, output, as_zip=as_zip, grid_only=grid)
    Teller(quiet).say(f"{len(made)} pictures: {written}")


@app.command()
def export(
    path: Annotated[Path, typer.Argument(help="The folder of a run.", metavar="RUN")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Folder of the bundle; RUN/bundle by default.")
    ] = None,
    onnx: Annotated[
        bool | None, typer.Option("--onnx/--no-onnx", help="With an ONNX graph; if possible by default.")
    ] = None,
    best: Annotated[
        bool, typer.Option("--best", help="The checkpoint with the best quick metric, not the newest.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Write a run's model as a bundle: weights, ONNX, card, preview, checksums."""
    from ganvas.telling import Teller
    from ganvas.terms import RunDir

    tell = Teller(quiet)
    tell.export(RunDir(path), output, onnx, best=best)
    tell.next(f"ganvas studio --bundles {(output or path / 'bundle').parent}")


@app.command("import")
def import_weights(
    file: Annotated[Path, typer.Argument(help="A .pkl, .pt or .pth file that somebody published.", metavar="FILE")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Folder of the bundle; bundles/NAME by default.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="What to call the model; the file's name by default.")] = None,
    classes: Annotated[
        list[str] | None, typer.Option("--class", help="Name of a class, once for each, in label order.")
    ] = None,
    onnx: Annotated[
        bool | None, typer.Option("--onnx/--no-onnx", help="With an ONNX graph; if possible by default.")
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Make a bundle of published weights: StyleGAN2 (ADA's .pkl, rosinality's .pt), R3GAN, BigGAN, DCGAN.

    The kind of the file is told from its content. Nothing in it is run.
    """
    from ganvas.bundle import Credit, write
    from ganvas.models.imports import read
    from ganvas.telling import Teller
    from ganvas.terms import UserError

    tell = Teller(quiet)
    called = name or file.stem
    place = output or Path("bundles") / Path(called).name
    if output is None and place.exists():
        raise UserError(f"{place} exists already; give another --name or an --output.")
    with tell.console.status("reading"):
        imported = read(file, classes=tuple(classes or ()))
        imported.family.settle()
    side = imported.family.data.resolution
    tell.say(f"{file} holds a {type(imported.family).__name__} of {side} × {side} px, written by {imported.origin}.")
    credit = Credit(
        name=f"weights of {imported.origin}",
        licence=None,
        source=file.name,
        count=None,
        text=f"sha256 {imported.sha256}\nTheir licence is that of whoever published them.",
    )
    with tell.console.status("writing"):
        bundle = write(place, imported.family, name=called, kimg=imported.kimg, credits=[credit], onnx=onnx)
    tell.say(f"The bundle is {bundle.path}.")
    tell.next(f"ganvas generate {bundle.path}", f"ganvas studio --bundles {bundle.path.parent}")


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
    from ganvas.telling import Teller
    from ganvas.terms import UserError

    if not 1 <= port <= 65535:
        raise UserError(f"--port is a number from 1 to 65535, not {port}.")
    if missing := missing_modules(EXTRAS["studio"][1]):
        raise UserError(f"The studio needs {', '.join(missing)}: run `pip install 'ganvas[studio]'`.")
    from ganvas.serve.server import serve

    tell = Teller()
    serve(
        bundles,
        runs,
        host=host,
        port=port,
        open_browser=open_browser,
        on_ready=lambda address: tell.say(f"The studio is at {address} (Ctrl+C ends it)."),
    )


# ── This machine ────────────────────────────────────────────────────────────────────────────────────────────────────


@weights_app.callback()
def weights_list(context: typer.Context) -> None:
    """The pretrained files Ganvas uses: which are here, and where the others come from."""
    if context.invoked_subcommand is None:
        from ganvas.telling import Teller

        Teller().weights()


@weights_app.command("list")
def weights_all() -> None:
    """The same as `ganvas weights`."""
    from ganvas.telling import Teller

    Teller().weights()


@weights_app.command("fetch")
def weights_fetch(name: Annotated[str, typer.Argument(help="A name that `ganvas weights` lists.")]) -> None:
    """Bring a file to this machine and verify it; it is kept, so that all works offline afterwards."""
    from ganvas.telling import Teller
    from ganvas.weights import fetch

    tell = Teller()
    with tell.counting(name) as progress:
        path = fetch(name, progress)
    tell.say(f"{name} is at {path}")


@weights_app.command("add")
def weights_add(file: Annotated[Path, typer.Argument(help="A file you downloaded by hand.")]) -> None:
    """Take a file you downloaded elsewhere; its content says which one it is."""
    from ganvas.telling import Teller
    from ganvas.weights import add

    Teller().say(f"{add(file).name} is in place.")


@app.command()
def doctor() -> None:
    """Say what this machine can do, and what is missing."""
    from ganvas.doctor import examine
    from ganvas.telling import Teller

    Teller().findings(examine())


# ── The way out ───────────────────────────────────────────────────────────────────────────────────────


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
        code = int(app(given, prog_name="ganvas", standalone_mode=False) or 0)
        if code == 130:  # how the parser reports Ctrl+C
            raise KeyboardInterrupt
        return code
    except SystemExit as leaving:
        return int(leaving.code or 0)
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
        said = show_message().rstrip(".?").replace("\n", " ").replace(". Did you mean", ", did you mean")
        sentence = f"{said}; see `ganvas --help`."
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
