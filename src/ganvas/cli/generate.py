"""``ganvas generate``: pictures, music, grids, walks, projections and directions of a trained model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from ganvas.cli.app import app
from ganvas.cli.options import USE, ModelFolder, Quiet, check_at_least

if TYPE_CHECKING:
    from ganvas.models.family import Family

DEFAULT = "pictures"


class _Group(TyperGroup):
    """``ganvas generate RUN …`` is ``ganvas generate pictures RUN …``, or ``music`` where the model makes music."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in ("-h", "--help"):
            from ganvas.apps.model_kind import makes_music

            args = ["music" if makes_music(Path(args[0])) else DEFAULT, *args]
        return super().parse_args(ctx, args)


room = typer.Typer(
    cls=_Group,
    no_args_is_help=True,
    help="Make pictures or music with a trained model: `ganvas generate RUN`, or one of the commands below.",
    epilog=(
        f"`ganvas generate RUN …` is `ganvas generate {DEFAULT} RUN …`, or `music` where the model makes music; each "
        "command has its own --help. "
        "A latent is written as a seed (3), a range of seeds (3-8), either with a class (3:dog), or as "
        "the .safetensors file of a projection; several separated by commas."
    ),
)
app.add_typer(room, name="generate", rich_help_panel=USE)

ClassName = Annotated[str | None, typer.Option("--class", help="Name or number of a class.")]
Psi = Annotated[float, typer.Option(help="Truncation: 1 none, lower safer, 0 no variation; from -2 to 2.")]
Layers = Annotated[str | None, typer.Option(help="Layers, such as 0-3 (coarse) or 4-9 (fine); all by default.")]
Fps = Annotated[int, typer.Option(help="Frames per second of a film.")]
Loop = Annotated[bool, typer.Option("--loop", help="Return to the first picture at the end.")]


@room.command()
def pictures(
    path: ModelFolder,
    count: Annotated[int, typer.Option(help="How many pictures.")] = 16,
    seed: Annotated[int, typer.Option(help="Seed of the first; the next ones follow.")] = 0,
    class_name: ClassName = None,
    psi: Psi = 1.0,
    per_class: Annotated[
        int | None, typer.Option(help="This many of every class, in a folder each: a balanced synthetic set.")
    ] = None,
    source: Annotated[Path | None, typer.Option(help="Translation: the picture or folder to translate.")] = None,
    to: Annotated[str | None, typer.Option(help="Without pairs or by reference: the domain to go to.")] = None,
    reference: Annotated[
        Path | None,
        typer.Option(help="By reference: the picture or folder whose style to take; else styles come from seeds."),
    ] = None,
    prepared: Annotated[
        bool, typer.Option("--prepared", help="The sources are ready model inputs, such as drawings.")
    ] = False,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Folder, .zip, or picture (.png, .jpg, .webp; of several a grid).")
    ] = Path("generated"),
    as_zip: Annotated[bool, typer.Option("--zip", help="One zip instead of a folder.")] = False,
    grid: Annotated[bool, typer.Option("--grid", help="One grid instead of single pictures.")] = False,
    quiet: Quiet = False,
) -> None:
    """Generate pictures: a folder, one zip (`--count 10000 --zip`), a grid, or the same number of every class."""
    from ganvas.cli.output import Output
    from ganvas.curate.own_folders import own_folders_below
    from ganvas.inference.images import ImageOptions, make_images, write_images
    from ganvas.inference.load import load_model

    check_at_least("--count", count, 1)
    out = Output(quiet)
    out.own_folders(own_folders_below(source, reference))
    options = ImageOptions(
        count=count,
        seed=seed,
        class_name=class_name,
        psi=psi,
        per_class=per_class,
        source=source,
        prepared=prepared,
        domain=to,
        reference=reference,
    )
    stream = make_images(load_model(path).family, options)
    with out.progress("making") as progress:
        written = write_images(stream, output, as_zip=as_zip, as_grid=grid, progress=progress)
    out.line(f"{written.pictures} pictures: {written.path}")
    out.source_report(stream.report)


@room.command()
def grid(
    path: ModelFolder,
    seeds: Annotated[str, typer.Option(help="The rows.")] = "0-7",
    classes: Annotated[
        str | None, typer.Option(help="The columns: names with commas; by default the first 20.")
    ] = None,
    psi: Annotated[str, typer.Option(help="Truncation; a ladder such as 0.3,0.5,0.7,1 makes the columns.")] = "1",
    output: Annotated[Path, typer.Option("--output", "-o", help="The .png to write.")] = Path("grid.png"),
    quiet: Quiet = False,
) -> None:
    """A sheet of seeds × classes, or of seeds × truncation: the same latent in every class or at every truncation."""
    from ganvas.apps.latent_grid import class_sheet, psi_sheet
    from ganvas.apps.latent_space import parse_points
    from ganvas.errors import UserError
    from ganvas.inference.picture_files import is_picture_file, write_picture

    is_picture_file(output)
    family = _open(path)
    steps = _numbers("--psi", psi)
    if len(steps) > 1 and classes is not None and "," in classes:
        raise UserError("A sheet has classes or a ladder of --psi for its columns; give one of them.")
    if len(steps) > 1 or not family.data.classes:
        made = psi_sheet(family, parse_points(seeds, family, classes), steps)
    else:
        names = None if classes is None else [name.strip() for name in classes.split(",")]
        made = class_sheet(family, parse_points(seeds, family), names, steps[0])
    _say(quiet, f"The sheet is {write_picture(output, made)}.")


@room.command()
def interpolate(
    path: ModelFolder,
    between: Annotated[str, typer.Option(help="Latents to pass through, such as 1,2,3 or 5:cat,5:dog.")] = "0-3",
    steps: Annotated[int, typer.Option(help="Steps from each to the next; 8 on a sheet, 60 in a film by default.")] = 0,
    loop: Loop = False,
    psi: Psi = 1.0,
    class_name: ClassName = None,
    fps: Fps = 30,
    output: Annotated[Path, typer.Option("--output", "-o", help="A .png sheet, or a film: .mp4 or .gif.")] = Path(
        "interpolation.png"
    ),
    quiet: Quiet = False,
) -> None:
    """Interpolate between seeds, classes and projected photographs; a sheet or a film."""
    from ganvas.apps.latent_space import parse_points
    from ganvas.apps.latent_walks import walk_frames, walk_sheet
    from ganvas.inference.picture_files import write_picture

    family = _open(path)
    through = parse_points(between, family, class_name)
    if _is_film(output):
        _film(output, walk_frames(family, through, steps or 60, psi=psi, loop=loop), fps, quiet)
        return
    through = [*through, through[0]] if loop else through
    _say(quiet, f"The sheet is {write_picture(output, walk_sheet(family, through, steps or 8, psi=psi))}.")


@room.command()
def mix(
    path: ModelFolder,
    rows: Annotated[str, typer.Option(help="Latents of all layers except those of the columns.")] = "0-3",
    columns: Annotated[str, typer.Option(help="Latents of the chosen layers.")] = "4-8",
    layers: Layers = None,
    psi: Psi = 1.0,
    steps: Annotated[int, typer.Option(help="Film: steps from each column to the next.")] = 60,
    fps: Fps = 30,
    output: Annotated[Path, typer.Option("--output", "-o", help="A .png sheet, or a film: .mp4 or .gif.")] = Path(
        "mix.png"
    ),
    quiet: Quiet = False,
) -> None:
    """Mix styles: the pictures of the rows with layers from those of the columns; a sheet or a film."""
    from ganvas.apps.latent_space import layer_range, parse_points, shape_of
    from ganvas.apps.latent_walks import mix_frames, mix_sheet
    from ganvas.inference.picture_files import write_picture

    family = _open(path)
    left, top = parse_points(rows, family), parse_points(columns, family)
    total = shape_of(family)[0]
    chosen = layer_range(layers, total) if layers else range(total // 2)
    if _is_film(output):
        _film(output, mix_frames(family, left, top, chosen, steps, psi=psi), fps, quiet)
        return
    _say(quiet, f"The sheet is {write_picture(output, mix_sheet(family, left, top, chosen, psi=psi))}.")


@room.command()
def project(
    path: ModelFolder,
    photograph: Annotated[Path, typer.Argument(help="The photograph.", metavar="FILE")],
    steps: Annotated[int, typer.Option(help="Steps of the search.")] = 1000,
    plus: Annotated[
        bool, typer.Option("--plus", help="One style per layer (w+): closer to the picture, harder to edit.")
    ] = False,
    class_name: ClassName = None,
    seed: Annotated[int, typer.Option(help="Seed of the search.")] = 0,
    prepared: Annotated[bool, typer.Option("--prepared", help="Take the whole picture; do not crop it.")] = False,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder, or the projection's .png.")] = Path(
        "projection"
    ),
    quiet: Quiet = False,
) -> None:
    """Project a photograph into latent space: latent.safetensors, projection.png and sheet.png in a folder."""
    from ganvas.apps.projection import project_file, projection_files
    from ganvas.cli.output import Output
    from ganvas.inference.generate import class_number

    out = Output(quiet)
    family = _open(path)
    label = class_number(family.data.classes, class_name)
    with out.progress("projecting") as progress:
        done = project_file(
            family,
            photograph,
            output,
            steps=steps,
            space="layers" if plus else "shared",
            label=label,
            seed=seed,
            stretch=prepared,
            progress=progress,
        )
    files = projection_files(output)
    out.line(f"LPIPS {done.lpips:.3f}, PSNR {done.psnr:.1f} dB: {files.sheet}")
    out.next_steps(f"ganvas generate interpolate {path} --between {files.latent},1,2")


@room.command()
def directions(
    path: ModelFolder,
    seeds: Annotated[str, typer.Option(help="Latents to move.")] = "0",
    count: Annotated[int, typer.Option(help="How many directions, the strongest first.")] = 8,
    strengths: Annotated[str, typer.Option(help="The columns, in standard deviations.")] = "-4,-2,0,2,4",
    layers: Layers = None,
    psi: Psi = 1.0,
    output: Annotated[Path, typer.Option("--output", "-o", help="The .png to write.")] = Path("directions.png"),
    quiet: Quiet = False,
) -> None:
    """Directions in latent space found in the model's weights (SeFa), each at several strengths."""
    from ganvas.apps.latent_space import latent_space, layer_range, parse_points
    from ganvas.apps.sefa import direction_sheet
    from ganvas.apps.sefa import directions as find
    from ganvas.inference.picture_files import write_picture

    check_at_least("--count", count, 1)
    family = _open(path)
    through = parse_points(seeds, family)
    chosen = layer_range(layers, max(len(latent_space(family).sefa_weights()), 1)) if layers else None
    known = find(family, chosen, count)
    made = direction_sheet(family, through, known, _numbers("--strengths", strengths), psi=psi)
    _say(quiet, f"The sheet is {write_picture(output, made)}.")


@room.command()
def neighbours(
    path: ModelFolder,
    count: Annotated[int, typer.Option(help="How many samples.")] = 8,
    seed: Annotated[int, typer.Option(help="Seed of the first; the next ones follow.")] = 0,
    class_name: ClassName = None,
    psi: Psi = 1.0,
    data: Annotated[
        Path | None, typer.Option("--data", "-d", help="The training pictures; by default those of the run.")
    ] = None,
    nearest: Annotated[int, typer.Option(help="Training pictures beside each sample.")] = 3,
    features: Annotated[str, typer.Option(help="auto, effnet, inception or inception-clean.")] = "auto",
    output: Annotated[Path, typer.Option("--output", "-o", help="The .png to write.")] = Path("neighbours.png"),
    quiet: Quiet = False,
) -> None:
    """Check for memorisation: the nearest training pictures of each sample, by features and by pixels."""
    from ganvas.apps.nearest_neighbours import neighbour_sheet, neighbours_of
    from ganvas.cli.output import Output
    from ganvas.inference.picture_files import write_picture

    check_at_least("--count", count, 1)
    check_at_least("--nearest", nearest, 1)
    out = Output(quiet)
    with out.progress("training pictures") as progress:
        compared = neighbours_of(
            path,
            data,
            seeds=range(seed, seed + count),
            class_name=class_name,
            psi=psi,
            nearest=nearest,
            features=features,
            progress=progress,
        )
    write_picture(output, neighbour_sheet(compared))
    out.line(compared.near.sentence)
    out.line(f"The sheet is {output}.")


# ── What several commands do ────────────────────────────────────────────────────────────────────────────────────────


def _open(path: Path) -> Family:
    from ganvas.apps.latent_space import latent_space
    from ganvas.inference.load import load_model

    family = load_model(path).family
    latent_space(family)
    return family


def _numbers(option: str, text: str) -> list[float]:
    from ganvas.errors import UserError

    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise UserError(f"{option} is a number, or several separated by commas, not {text!r}.") from None


def _is_film(path: Path) -> bool:
    from ganvas.apps.video_writer import ENDINGS
    from ganvas.errors import UserError
    from ganvas.inference.picture_files import is_picture_file

    if path.suffix.lower() in ENDINGS:
        return True
    if not is_picture_file(path):
        raise UserError(f"--output ends in .png for a sheet, in .mp4 or .gif for a film, not {path.name!r}.")
    return False


def _film(output: Path, film: tuple[int, Any], fps: int, quiet: bool) -> None:
    from ganvas.apps.video_writer import counted, write_video
    from ganvas.cli.output import Output

    out = Output(quiet)
    total, frames = film
    with out.progress("frames") as progress:
        written = write_video(output, counted(frames, total, progress), fps)
    out.line(f"The film is {output} ({written} frames, {written / fps:.1f} s).")


def _say(quiet: bool, sentence: str) -> None:
    from ganvas.cli.output import Output

    Output(quiet).line(sentence)
