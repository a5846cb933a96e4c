"""``ganvas card``: a face as a drawing, and a card of it for a print shop or a bank."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ganvas.cli.app import app
from ganvas.cli.options import USE, Quiet

if TYPE_CHECKING:
    from ganvas.apps.card.drawing import CartoonOptions
    from ganvas.cli.output import Output

room = typer.Typer(no_args_is_help=True, help="Draw a face, and lay it out on a card for a print shop or a bank.")
app.add_typer(room, name="card", rich_help_panel=USE)

STARTER = "pencil-256"  # the style that ships with the package

Photo = Annotated[Path, typer.Argument(help="A photograph of one person.", metavar="PHOTO")]
ModelOption = Annotated[
    Path | None, typer.Option("--model", "-m", help=f"Run or bundle that draws; by default the starter {STARTER}.")
]
ToDomain = Annotated[str | None, typer.Option("--to", help="Domain to translate to, of models with several.")]
Seed = Annotated[int, typer.Option(help="Seed of the style, of models that take one.")]
Detail = Annotated[int | None, typer.Option(help="Pixels of the drawing's side, of models that take any size.")]
Whole = Annotated[bool, typer.Option("--photograph", help="Draw the whole photograph, not the head alone.")]
KeepBackground = Annotated[bool, typer.Option("--keep-background", help="Keep what is behind the person.")]
Language = Annotated[str, typer.Option(help="en or ko: the language of example texts and of the statement.")]


@room.command()
def cartoon(
    photo: Photo,
    output: Annotated[Path, typer.Option("--output", "-o", help="The PNG to write.")] = Path("cartoon.png"),
    model: ModelOption = None,
    to: ToDomain = None,
    seed: Seed = 0,
    detail: Detail = None,
    photograph: Whole = False,
    keep_background: KeepBackground = False,
    quiet: Quiet = False,
) -> None:
    """Draw the face of a photograph: found, cut out upright, translated, and laid back."""
    from ganvas.apps.card.marks import marked_png
    from ganvas.cli.output import Output
    from ganvas.errors import UserError
    from ganvas.files import write_atomically

    if output.suffix.lower() != ".png":
        raise UserError(f"--output is a PNG, for its transparent background, not {output.name}.")
    out = Output(quiet)
    options = _options(photograph, keep_background, detail, to, seed)
    drawn = _draw(photo, model, options, out)
    write_atomically(output, marked_png(drawn.picture, drawn.provenance.model))
    height, width = drawn.picture.shape[:2]
    out.line(f"{width} × {height} px, drawn by {drawn.provenance.model}: {output}")
    _print_findings(out, drawn.findings)


@room.command()
def make(
    photo: Photo,
    template: Annotated[str, typer.Option(help="A template from `ganvas card templates`.")] = "hills",
    text: Annotated[
        list[str] | None,
        typer.Option("--text", metavar="ID=TEXT", help="A text of the template, such as name='Kim Minji'."),
    ] = None,
    colour: Annotated[
        list[str] | None,
        typer.Option("--colour", metavar="NAME=#RRGGBB", help="A colour: ground, accent, second, ink or paper."),
    ] = None,
    place: Annotated[
        str, typer.Option(metavar="SCALE,DX,DY,TURN", help="Scale of the picture, mm to the right, mm down, degrees.")
    ] = "1,0,0,0",
    output: Annotated[
        Path, typer.Option("--output", "-o", help="A .pdf for a print shop, or a .jpg for a bank.")
    ] = Path("card.pdf"),
    profile: Annotated[
        str, typer.Option(help="Print shop or bank: a name from `ganvas card profiles`, or a YAML file.")
    ] = "default",
    icc: Annotated[Path | None, typer.Option(help="ICC profile of the print shop, for CMYK.")] = None,
    sheet: Annotated[
        str | None, typer.Option(help="Several cards per page: a4, a3 or letter, or a4:4 for four.")
    ] = None,
    font: Annotated[Path | None, typer.Option(help="A TrueType font in place of the template's.")] = None,
    chip: Annotated[bool, typer.Option("--chip", help="The card has a chip: keep its zone free.")] = False,
    stripe: Annotated[bool, typer.Option("--stripe", help="The card has a magnetic stripe on its back.")] = False,
    statement: Annotated[
        bool, typer.Option("--statement/--no-statement", help="Add the page about the model, with the checklist.")
    ] = True,
    drawn: Annotated[
        bool, typer.Option("--drawn", help="PHOTO is the picture itself: lay it out without drawing it.")
    ] = False,
    model: ModelOption = None,
    to: ToDomain = None,
    seed: Seed = 0,
    detail: Detail = None,
    photograph: Whole = False,
    keep_background: KeepBackground = False,
    language: Language = "en",
    quiet: Quiet = False,
) -> None:
    """Lay a drawn face out on a card, check it, and write it for a print shop (.pdf) or a bank (.jpg)."""
    from ganvas.apps.card.design import Layout
    from ganvas.cli.card_files import Card, design_of, read_language, write_card
    from ganvas.cli.output import Output

    out = Output(quiet)
    chosen = read_language(language)
    design = design_of(template, text or [], colour or [], place, chip=chip, stripe=stripe, language=chosen)
    layout = Layout(design, font)
    if drawn:
        card = Card(layout, _given(photo), None, (), chosen)
    else:
        made = _draw(photo, model, _options(photograph, keep_background, detail, to, seed), out)
        layout = Layout(design.model_copy(update={"face": made.face}), font)
        card = Card(layout, made.picture, made.provenance, made.findings, chosen)
    written = write_card(card, output, profile=profile, icc=icc, sheet=sheet, statement=statement)
    for line in written.lines:
        out.line(line)
    _print_findings(out, written.findings)


@room.command()
def templates(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Also write a picture of all templates (.png, .jpg).")
    ] = None,
    picture: Annotated[
        Path | None, typer.Option(help="A picture for the templates, such as one that `ganvas card cartoon` wrote.")
    ] = None,
    language: Language = "en",
) -> None:
    """List the templates with their texts, and draw them."""
    from rich.table import Table

    from ganvas.apps.card import check_installed
    from ganvas.apps.card.templates import names, template
    from ganvas.cli.card_files import read_language
    from ganvas.cli.output import Output
    from ganvas.inference.picture_files import write_picture

    check_installed()
    out, chosen = Output(), read_language(language)
    table = Table(box=None, pad_edge=False)
    for heading in ("template", "shape", "texts"):
        table.add_column(heading)
    for name in names():
        one = template(name)
        table.add_row(name, one.orientation, ", ".join(box.id for box in one.texts))
    out.console.print(table)
    if output is not None:
        from ganvas.apps.card.contact_sheet import template_sheet

        write_picture(output, template_sheet(None if picture is None else _given(picture), chosen))
        out.line(f"All templates: {output}")
    out.next_steps("ganvas card make PHOTO --template NAME")


@room.command()
def profiles() -> None:
    """List the print shops and banks whose demands are known."""
    from rich.table import Table

    from ganvas.apps.card.profiles import bank_profiles, print_profiles
    from ganvas.cli.output import Output

    out = Output()
    table = Table(box=None, pad_edge=False)
    for heading in ("profile", "for", "takes", "about"):
        table.add_column(heading)
    for shop in print_profiles():
        takes = f"{shop.width:g} × {shop.height:g} mm with bleed, safe {shop.safe:g} mm, ink {shop.ink:g} %"
        table.add_row(shop.name, f"print (.pdf): {shop.title}", takes, shop.about)
    for bank in bank_profiles():
        takes = f"at least {bank.width} × {bank.height} px, at most {bank.megabytes:g} MB"
        table.add_row(bank.name, f"bank (.jpg): {bank.title}", takes, bank.about)
    out.console.print(table)


def _options(photograph: bool, keep: bool, detail: int | None, to: str | None, seed: int) -> CartoonOptions:
    from ganvas.apps.card import check_installed
    from ganvas.apps.card.drawing import CartoonOptions
    from ganvas.errors import UserError

    check_installed()
    if detail is not None and not 64 <= detail <= 2048:
        raise UserError(f"--detail is a number from 64 to 2048, not {detail}.")
    return CartoonOptions("photograph" if photograph else "head", "keep" if keep else "remove", detail, to, seed)


def _draw(photo: Path, model: Path | None, options: CartoonOptions, out: Output) -> Any:
    """The drawn photograph; see :func:`ganvas.cli.card_files.draw`."""
    from ganvas import starters
    from ganvas.cli.card_files import draw

    with out.console.status("drawing"):
        return draw(photo, model or starters.FOLDER / STARTER, options)


def _given(path: Path) -> Any:
    from ganvas.cli.card_files import read_picture

    return read_picture(path)


def _print_findings(out: Output, findings: Any) -> None:
    colours = {"error": "red", "warning": "yellow", "info": None}
    for found in findings:
        out.line(f"{found.level}: {found.sentence}", colours[found.level])
