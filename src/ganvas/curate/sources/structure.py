"""Whether a source has the arrangement that its user needs: pairs, two domains, classes or single pictures."""

from __future__ import annotations

from ganvas.curate.sources.listing import Candidate, Listing, Structure
from ganvas.errors import UserError

_SHOWN = 5  # folders named in a sentence


def arranged(listing: Listing, structure: Structure, source: str) -> Listing:
    """A listing as it is needed: what it holds beyond that is left out and said, what it lacks is an error.

    Args:
        listing: Of the source; changed in place.
        structure: The arrangement that is needed.
        source: Its name, for sentences.

    Raises:
        UserError: The source has another arrangement.
    """
    if structure == "domains" and listing.paired and listing.side_by_side is None:
        _as_domains(listing)
    check_structure(
        structure,
        source,
        classes=listing.classes,
        paired=listing.paired,
        layout=listing.layout,
        folders=listing.folders,
        empty=listing.empty,
    )
    if structure == "pictures" and listing.paired:
        listing.layout = (
            f"{listing.layout.removesuffix('.')}. Only the {len(listing.candidates):,} targets are used; their sources "
            "are not."
        )
    return listing


def check_structure(
    structure: Structure,
    source: str,
    *,
    classes: tuple[str, ...],
    paired: bool,
    layout: str = "",
    folders: tuple[str, ...] = (),
    empty: tuple[str, ...] = (),
) -> None:
    """Check that pictures have the arrangement that is needed.

    Args:
        structure: The arrangement.
        source: What holds the pictures, for sentences.
        classes: Names of the classes.
        paired: Whether they are pairs.
        layout: What was recognised, as a sentence.
        folders: On the level of classes and pairs, as found.
        empty: Folders without pictures.

    Raises:
        UserError: They have another arrangement.
    """
    without = f" ({_named(empty)} {'holds' if len(empty) == 1 else 'hold'} no pictures)" if empty else ""
    if structure == "domains" and (len(classes) != 2 or paired):
        if paired:
            found = "holds pairs side by side"
        else:
            found = f"has {len(classes)}: {_named(classes)}" if classes else "has one kind only"
        raise UserError(
            f"Translation between two domains needs exactly two folders of pictures, one for each domain; {source} "
            f"{found}{without}."
        )
    if structure == "pairs" and not paired:
        found = f"; the names in its folders {_named(folders)} do not match" if len(folders) > 1 else ""
        raise UserError(
            f"{source} holds no pairs{found}{without}: put each source and its target, of equal name, into two folders "
            "source and target, or make sources from the targets with --set data.degradation=NAME."
        )
    if structure == "targets" and paired:
        recognised = f" ({layout.removesuffix('.')})" if layout else ""
        single = " Pictures that are just twice as wide as high need --set data.side_by_side=single."
        raise UserError(
            f"{source} holds pairs{recognised}, but data.degradation says that sources are computed from the targets. "
            "Train on your own pairs with --set data.degradation=null (and data.source_channels=1 for a model of "
            f"drawings), or give the folder of targets alone.{single if 'side by side' in layout else ''}"
        )


def _named(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _as_domains(listing: Listing) -> None:
    """Packed pairs as two domains: their sources and their targets."""
    pairs, listing.paired, listing.classes = listing.candidates, False, ("source", "target")
    listing.candidates = [
        Candidate(pair.pair, 0, None, pair.licence, pair.split, None, pair.origin) for pair in pairs if pair.pair
    ] + [pair._replace(label=1, pair=None) for pair in pairs]
    listing.layout = "The sources and the targets of pairs are taken as two domains."
