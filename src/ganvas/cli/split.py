"""``ganvas split``: train, validation and test parts without leakage."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ganvas.cli.app import app
from ganvas.cli.options import (
    CURATE,
    CatalogFolder,
    DatabaseUrl,
    Distance,
    Quiet,
    check_at_least,
    check_distance,
    check_no_picture,
    open_catalog,
)


@app.command(rich_help_panel=CURATE)
def split(
    catalogue: CatalogFolder = Path("catalogue"),
    output: Annotated[Path, typer.Option("--output", "-o", help="The table to write.", metavar="FILE.csv")] = Path(
        "split.csv"
    ),
    ratios: Annotated[str, typer.Option(help="Shares of train, validation and test.")] = "0.8,0.1,0.1",
    seed: Annotated[int, typer.Option(help="Another seed, another split.")] = 0,
    faces: Annotated[bool, typer.Option("--faces", help="Keep pictures of one face together, too.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="All pictures, not only those kept.")] = False,
    database: DatabaseUrl = None,
    distance: Distance = 6,
    quiet: Quiet = False,
) -> None:
    """Divide the kept pictures into train, validation and test; near-duplicates stay together."""
    from ganvas.cli.output import Output
    from ganvas.errors import UserError
    from ganvas.files import write_atomically

    check_no_picture(output, "a table")
    out = Output(quiet)
    check_at_least("--seed", seed, 0)
    check_distance(distance)
    try:
        shares = tuple(float(share) for share in ratios.split(","))
    except ValueError:
        shares = ()
    if len(shares) != 3:
        raise UserError(f"--ratios is three numbers such as 0.8,0.1,0.1, not {ratios!r}.")
    with open_catalog(catalogue, database) as catalog:
        from ganvas.curate.dataset.splits import grouped_split as divide

        images = list(catalog.images(result=None if everything else "keep"))
        if not images:
            raise UserError("No picture is kept yet: review them first, or take --all.")
        embeddings = None
        if faces:
            from ganvas.curate.faces.embeddings import embeddings_of

            with out.progress("reading faces") as progress:
                embeddings = embeddings_of([image.path for image in images], progress)
        groups = [group.ids for group in catalog.duplicates(distance)]
        found = divide(
            [image.id for image in images], ratios=shares, seed=seed, duplicates=groups, embeddings=embeddings
        )
    part = found.part()
    group_of = {number: group[0] for group in found.groups for number in group}
    lines = ["id,sha256,path,part,group"]
    for image in images:
        path = image.path.relative_to(catalogue)
        lines.append(f"{image.id},{image.sha256},{path.as_posix()},{part[image.id]},{group_of.get(image.id, image.id)}")
    write_atomically(output, "\n".join(lines) + "\n")
    out.line(
        f"{len(found.train):,} for training, {len(found.validation):,} for validation, "
        f"{len(found.test):,} for the test; {len(found.groups):,} groups stay together: {output}"
    )
