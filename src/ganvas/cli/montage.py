"""``ganvas montage``: a face from memory, in rounds of picking and breeding."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ganvas.cli.app import app
from ganvas.cli.options import USE, Quiet

if TYPE_CHECKING:
    from ganvas.apps.montage import FaceSpace, Genes


@app.command(rich_help_panel=USE)
def montage(
    bundle: Annotated[
        Path, typer.Argument(metavar="BUNDLE", help="A bundle that draws portraits from codes of faces.")
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="The page of faces, a PNG. Its .json is the state.")
    ] = Path("montage.png"),
    pick: Annotated[
        str | None, typer.Option(metavar="N,N", help="Numbers of one to six faces of the page, the most alike first.")
    ] = None,
    lock: Annotated[
        list[str] | None,
        typer.Option(metavar="PART", help="Keep eyes, nose, mouth or face as in the first picked face; repeatable."),
    ] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Return to the page before.")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Begin again, with new faces.")] = False,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the faces of a new montage.")] = 0,
    join: Annotated[
        Path | None,
        typer.Option(metavar="JSON", help="With --pick N: faces between this one and the first of another's state."),
    ] = None,
    save: Annotated[
        Path | None, typer.Option(metavar="PNG", help="With --pick N: write that face as a picture with its origin.")
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Compose a face from memory: a page of eighteen faces, of which some are picked, again and again.

    The first call writes a page; each call with --pick breeds the next one from the picked faces.
    """
    from ganvas.apps.montage import BreedRequest, FaceSpace, breed, morph
    from ganvas.apps.portrait import PortraitGenerator
    from ganvas.bundle import read_bundle
    from ganvas.cli.output import Output
    from ganvas.errors import UserError

    out = Output(quiet)
    opened = read_bundle(bundle)
    generator = PortraitGenerator(opened)
    space = FaceSpace(generator.bank(), generator.parts)
    state_file = output.with_suffix(".json")
    pages = [] if fresh else _read(state_file)
    if not pages:
        if pick or undo:
            raise UserError(f"There is no montage in {state_file} yet; run the command without --pick first.")
        faces = breed(space, BreedRequest(seed))
        pages = [{"round": 0, "seed": seed, "faces": [space.write(face) for face in faces]}]
    elif undo:
        pages = pages[:-1] if len(pages) > 1 else pages
    elif pick:
        shown = [space.read(code) for code in pages[-1]["faces"]]
        picked = [shown[index] for index in _picked(pick, len(shown))]
        round_ = pages[-1]["round"]
        if save is not None:
            _save(save, generator.paint(space.codes(picked[:1]))[0], opened.info, space.write(picked[0]), round_)
            out.line(f"The face is {save}.")
            return
        if join is not None:
            faces = morph(picked[0], _first_of(join, space))
        else:
            base_seed = pages[0]["seed"]
            faces = breed(space, BreedRequest(base_seed, min(round_ + 1, 99), tuple(picked), None, tuple(lock or ())))
        pages = [
            *pages,
            {"round": round_ + 1, "seed": pages[0]["seed"], "faces": [space.write(face) for face in faces]},
        ]
    _write_page(output, state_file, pages, generator, space)
    out.line(f"Round {pages[-1]['round']}: {output}. Every face is drawn by a model and shows no real person.")
    out.next_steps(f"ganvas montage {bundle} -o {output} --pick 3,7", f"… --pick 3 --save {output.stem}-face.png")


def _read(path: Path) -> list[dict[str, Any]]:
    from ganvas.errors import UserError

    if not path.exists():
        return []
    try:
        pages = json.loads(path.read_text(encoding="utf-8"))["pages"]
        if not all(isinstance(page["faces"], list) and isinstance(page["round"], int) for page in pages) or not pages:
            raise ValueError
        return list(pages)
    except (OSError, ValueError, KeyError, TypeError):
        raise UserError(f"{path} is not the state of a montage; choose another --output, or --fresh.") from None


def _picked(text: str, count: int) -> list[int]:
    from ganvas.errors import UserError

    numbers = [int(part) if part.strip().isdecimal() else 0 for part in text.split(",")]
    if not all(1 <= number <= count for number in numbers) or len(set(numbers)) < len(numbers):
        raise UserError(f"--pick lists different numbers from 1 to {count}, such as 3,7; not {text!r}.")
    return [number - 1 for number in numbers]


def _first_of(path: Path, space: FaceSpace) -> Genes:
    from ganvas.errors import UserError

    pages = _read(path)
    if not pages:
        raise UserError(f"There is no montage in {path}; name the .json of another one.")
    return space.read(pages[-1]["faces"][0])


def _save(path: Path, picture: Any, info: Any, code: str, round_: int) -> None:
    from PIL import Image

    from ganvas.apps.montage.export import encode_face
    from ganvas.files import write_atomically

    write_atomically(path, encode_face(Image.fromarray(picture), info, code, round_))


def _write_page(output: Path, state_file: Path, pages: list[dict[str, Any]], generator: Any, space: FaceSpace) -> None:
    from ganvas.apps.contact_sheet import sheet
    from ganvas.curate.images.decode import encode_png
    from ganvas.files import write_atomically

    painted = list(generator.paint(space.codes([space.read(code) for code in pages[-1]["faces"]])))
    rows = [painted[start : start + 6] for start in range(0, len(painted), 6)]
    captions = [
        [str(start + place + 1) for place in range(len(row))] for start, row in zip(range(0, 99, 6), rows, strict=False)
    ]
    write_atomically(output, encode_png(sheet(rows, captions=captions)))
    write_atomically(state_file, json.dumps({"pages": pages}))
