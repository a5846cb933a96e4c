"""The kept pictures of a catalogue as a source."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from ganvas.curate.catalog import Catalog
from ganvas.curate.file_names import name_key
from ganvas.curate.manifest import Provenance
from ganvas.curate.sources.assemble import finish
from ganvas.curate.sources.folders import FolderReader
from ganvas.curate.sources.listing import Candidate, Layout, Listing, SourceOptions
from ganvas.curate.sources.split_table import read_split_table
from ganvas.errors import UserError


def list_catalogue(source: Path, root: Path, options: SourceOptions) -> Listing:
    """The pictures of a catalogue whose result is keep, with their provenance."""
    listing = Listing(FolderReader(root))
    rows = []
    with Catalog.open(root, options.database) as catalogue:
        counts = catalogue.counts()
        table = options.parts or (root / "split.csv" if (root / "split.csv").is_file() else None)
        divided = read_split_table(table) if table is not None else {}
        for image in catalogue.images(result="keep"):
            origins = catalogue.origins(image.id)
            # Of several origins, the first that states a licence.
            first = next((one for one in origins if one.licence), origins[0] if origins else None)
            credit = first and Provenance(source=first.source, url=first.url, page=first.page, licence=first.licence)
            path = image.path.resolve().relative_to(root).as_posix()
            part = divided.get(image.sha256, divided.get(name_key(path)))
            listing.candidates.append(Candidate(path, split=part, origin=credit))
            rows.append([image.sha256, part, credit and credit.model_dump()])
    if not listing.candidates:
        raise UserError(
            f"None of the {counts.images:,} pictures of the catalogue {source} is kept; run `ganvas "
            f"curate {source}` or review them first."
        )
    listing.fingerprint = hashlib.sha256(json.dumps([str(root), rows]).encode()).hexdigest()
    listing.layout = f"A catalogue: {len(rows):,} of {counts.images:,} pictures are judged to be kept."
    return finish(listing, Layout(listing.candidates, description=listing.layout), options)
