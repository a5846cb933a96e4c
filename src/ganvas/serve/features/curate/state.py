"""The state of the Curate page."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ganvas.serve.core.context import StudioContext
from ganvas.serve.core.errors import MissingError

if TYPE_CHECKING:  # the catalogue needs an extra that other pages do not
    from ganvas.curate.review.review import Review


@dataclass
class CurateState:
    """The review of the open catalogue.

    Attributes:
        opened: The review; None: no catalogue is open.
    """

    opened: Review | None

    @property
    def review(self) -> Review:
        """The review.

        Raises:
            MissingError: No catalogue is open.
        """
        if self.opened is None:
            raise MissingError(
                "No catalogue is open here; start the studio with `ganvas review CATALOGUE`.", code="no-catalogue"
            )
        return self.opened

    def round(self, number: int) -> Review:
        """The review, once it is sure that it has this round.

        Raises:
            MissingError: No catalogue is open, or there is no such round.
        """
        review = self.review
        if not review.has_round(number):
            raise MissingError(
                f"There is no round {number}; see /v1/review for those there are.",
                code="no-round",
                params={"round": number},
            )
        return review


def open_state(context: StudioContext, closing: ExitStack) -> CurateState:
    """Open the review of the catalogue, where there is one."""
    catalog = context.settings.catalog
    if catalog is None:
        return CurateState(None)
    from ganvas.curate.review.review import Review

    review = Review(catalog)
    context.probes["the database of the catalogue"] = lambda: review.has_round(1)
    return CurateState(review)
