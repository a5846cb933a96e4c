"""The catalogue of collected pictures: origins, measurements, review results."""

from ganvas.errors import UserError

try:
    import alembic  # noqa: F401 - all of the extra, or none
    import imagehash  # noqa: F401
    import sqlalchemy  # noqa: F401
except ImportError:
    raise UserError("A catalogue needs the extra: pip install 'ganvas[catalogue]'.", code="catalogue-extra") from None

from ganvas.curate.catalog.catalog import Catalog
from ganvas.curate.catalog.crawl_log import normal_keyword
from ganvas.curate.catalog.records import (
    Added,
    Check,
    Counts,
    Image,
    KeywordCount,
    Origin,
    Proposal,
    Result,
    UrlState,
)

__all__ = [
    "Added",
    "Catalog",
    "Check",
    "Counts",
    "Image",
    "KeywordCount",
    "Origin",
    "Proposal",
    "Result",
    "UrlState",
    "normal_keyword",
]
