"""``ganvas lookalike``: whom a face resembles in a gallery, and how a gallery is made."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from ganvas.cli.app import app
from ganvas.cli.options import USE, Quiet, check_at_least

if TYPE_CHECKING:
    from ganvas.apps.lookalike import Answer, Comparer, Gallery, Measured
    from ganvas.cli.output import Output

DEFAULT = "compare"


class _Group(TyperGroup):
    """``ganvas lookalike FACE`` is ``ganvas lookalike compare FACE``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in ("-h", "--help"):
            args = [DEFAULT, *args]
        return super().parse_args(ctx, args)


room = typer.Typer(
    cls=_Group,
    no_args_is_help=True,
    help="Whom a face resembles: `ganvas lookalike FACE --gallery FILE`, or one of the commands below.",
    epilog="Strangers are compared and nobody is identified: people who may be the person shown are left out.",
)
app.add_typer(room, name="lookalike", rich_help_panel=USE)


@room.command()
def build(
    folder: Annotated[
        Path, typer.Argument(help="A folder, zip or catalogue: a folder per person, or a file per person.")
    ],
    consent: Annotated[
        str, typer.Option(metavar="NOTE", help="Who agreed to be compared with others, or why nobody needs to.")
    ] = "",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write; galleries/FOLDER.gallery by default.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="The name that is shown; that of the folder by default.")] = None,
    names: Annotated[
        Path | None, typer.Option(help="CSV table of two columns: file or folder, and the person's name to show.")
    ] = None,
    source: Annotated[str | None, typer.Option(help="Where the photographs come from.")] = None,
    licence: Annotated[str | None, typer.Option(help="The licence of the photographs.")] = None,
    delete_after: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day on which the gallery is to be deleted.")
    ] = None,
    pictures: Annotated[
        bool, typer.Option("--pictures/--no-pictures", help="Keep a small picture of each person in the gallery.")
    ] = True,
    processes: Annotated[
        int | None, typer.Option(help="Processes that read pictures; one per core by default.")
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Make a gallery: one file with the angles, embeddings and origins of frontal photographs.

    It holds biometric data of the people shown: collect their consent first, and delete the file when its purpose ends.
    """
    from ganvas.apps.lookalike import GalleryOptions, build_gallery, write_gallery
    from ganvas.apps.lookalike.gallery import SUFFIX
    from ganvas.cli.output import Output
    from ganvas.errors import UserError
    from ganvas.paths import writing

    out = Output(quiet)
    stem = folder.resolve().stem
    place = output or Path("galleries") / f"{stem}{SUFFIX}"
    if place.suffix != SUFFIX:
        raise UserError(f"--output names a gallery, which ends in {SUFFIX}, such as {place.stem}{SUFFIX}.")
    if processes is not None:
        check_at_least("--processes", processes, 1)
    options = GalleryOptions(
        name=name or stem,
        consent=consent,
        names=names,
        source=source,
        licence=licence,
        delete_after=delete_after.date() if delete_after is not None else None,
        pictures=pictures,
        processes=processes,
    )
    with out.progress("measuring") as progress:
        gallery = build_gallery(folder, options, progress)
    with writing(place):
        write_gallery(place, gallery)
    info = gallery.info
    out.line(f"{len(info.people):,} people in {len(info.photographs):,} photographs: {place}")
    for left in info.left_out:
        shown = ", ".join(left.files[:5]) + (" …" if len(left.files) > 5 else "")
        out.line(f"{len(left.files):,} left out, {left.reason}: {shown}", "yellow")
    out.next_steps(f"ganvas lookalike FACE --gallery {place} --agree", f"ganvas studio --galleries {place.parent}")


@room.command()
def compare(
    face: Annotated[Path, typer.Argument(help="A photograph of one face, from the front.", metavar="FACE")],
    gallery: Annotated[Path, typer.Option(help="A gallery that `ganvas lookalike build` made.")],
    agree: Annotated[
        bool,
        typer.Option("--agree", help="The person shown is an adult, and is you or agreed to this use of the picture."),
    ] = False,
    weight: Annotated[
        float, typer.Option(help="Of the whole face (SFace) beside its shape: 0 shape alone, 1 whole face alone.")
    ] = 0.0,
    count: Annotated[int, typer.Option(help="How many people.")] = 5,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Folder for pictures of both outlines, one per person.")
    ] = None,
    quiet: Quiet = False,
) -> None:
    """List the people of a gallery whom a face resembles most, and why. Nothing of the photograph is kept."""
    from ganvas.apps.consent import STATEMENT
    from ganvas.apps.lookalike.compare import check_weight
    from ganvas.cli.output import Output
    from ganvas.cli.still_picture import read_still
    from ganvas.errors import UserError

    check_at_least("--count", count, 1)
    check_weight(weight)
    if not agree:
        raise UserError(f"--agree says that you agree: {STATEMENT}")
    from ganvas.apps.lookalike import Comparer, measure_photograph, read_gallery
    from ganvas.curate.faces import FaceReader

    out = Output(quiet)
    known = read_gallery(gallery)
    measured, _ = measure_photograph(read_still(face), FaceReader())
    comparer = Comparer(known)
    answer = comparer.compare(measured, weight, count)
    _print(out, known, answer)
    if output is not None:
        _draw(output, comparer, measured, answer)
        out.line(f"Outlines, yours in blue and theirs in orange: {output}")


def _print(out: Output, known: Gallery, answer: Answer) -> None:
    from ganvas.apps.lookalike import sentence

    for place, match in enumerate(answer.matches, 1):
        out.line(f"{place}. {known.info.people[match.person]}")
        shares = f"in shape than {match.shape:.1%}, as a whole face than {match.overall:.1%}"
        out.line(f"   more alike {shares} of pairs of strangers")
        out.line(f"   {sentence(match.reasons)}")
    if answer.nearer_rivals is not None:
        out.line(f"{answer.nearer_rivals:.0%} of the people in the gallery have somebody in it who is nearer to them.")
    if answer.left_out:
        people = "1 person was" if answer.left_out == 1 else f"{answer.left_out} people were"
        out.line(f"{people} left out who may be the person shown: nobody is identified here.", "yellow")


def _draw(folder: Path, known: Comparer, measured: Measured, answer: Answer) -> None:
    from ganvas.apps.lookalike import overlay
    from ganvas.apps.provenance import encode_marked
    from ganvas.files import write_atomically

    for place, match in enumerate(answer.matches, 1):
        marked = [reason.position for reason in match.reasons.shared]
        drawn = overlay(measured.points, known.points[match.person], marked)
        description = "Outlines of two faces in the frontal pose, drawn from measured points"
        write_atomically(folder / f"{place:02d}.png", encode_marked(drawn, "drawn", description))
