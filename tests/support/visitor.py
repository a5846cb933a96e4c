"""A collector that visits the test server."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from ganvas.collect.crawl import Crawl, PictureUrl
from ganvas.collect.fetch import Fetcher, Limits
from ganvas.collect.ingest import IngestCounts, Ingester
from ganvas.collect.rate_limit import RateLimiter
from ganvas.curate.catalog import Catalog
from support.hands import Hands


class Visitor:
    """Crawls into a catalogue by a clock that does not wait."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.clock = Hands()
        self.delay = 0.0
        self.limits = Limits(size=1_000_000, seconds=20.0)
        self.private = True

    def run(
        self, work: Callable[[Crawl], Awaitable[None]], *, refresh: bool = False, obey_robots: bool = False
    ) -> IngestCounts:
        counts = IngestCounts()

        async def visit() -> None:
            async with (
                Fetcher(
                    RateLimiter(self.delay, self.clock),
                    clock=self.clock,
                    limits=self.limits,
                    private=self.private,
                    chance=lambda: 0.5,
                ) as fetcher,
                Crawl(Ingester(self.catalog, counts), fetcher, refresh=refresh, obey_robots=obey_robots) as crawl,
            ):
                await work(crawl)

        asyncio.run(visit())
        return counts

    def take(self, *urls: str, refresh: bool = False, obey_robots: bool = False) -> IngestCounts:
        wanted_urls = [PictureUrl(url, licence="CC0") for url in urls]
        return self.run(lambda crawl: crawl.take(wanted_urls), refresh=refresh, obey_robots=obey_robots)

    def walk(self, *urls: str, depth: int = 0, most: int = 50) -> IngestCounts:
        return self.run(lambda crawl: crawl.walk(urls, depth=depth, most=most))


def reasons(counts: IngestCounts) -> dict[str, int]:
    return {reason: one.count for reason, one in counts.refused.items()}
