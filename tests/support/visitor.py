"""A collector that visits the test server."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from ganvas.collect.crawl import Crawl, Wish
from ganvas.collect.fetch import Fetcher, Limits
from ganvas.collect.ingest import Harvest, Taker
from ganvas.collect.rate_limit import Pace
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

    def run(self, work: Callable[[Crawl], Awaitable[None]], *, refresh: bool = False, heed: bool = False) -> Harvest:
        harvest = Harvest()

        async def visit() -> None:
            async with (
                Fetcher(
                    Pace(self.delay, self.clock),
                    clock=self.clock,
                    limits=self.limits,
                    private=self.private,
                    chance=lambda: 0.5,
                ) as fetcher,
                Crawl(Taker(self.catalog, harvest), fetcher, refresh=refresh, heed=heed) as crawl,
            ):
                await work(crawl)

        asyncio.run(visit())
        return harvest

    def take(self, *urls: str, refresh: bool = False, heed: bool = False) -> Harvest:
        wishes = [Wish(url, licence="CC0") for url in urls]
        return self.run(lambda crawl: crawl.take(wishes), refresh=refresh, heed=heed)

    def walk(self, *urls: str, depth: int = 0, most: int = 50) -> Harvest:
        return self.run(lambda crawl: crawl.walk(urls, depth=depth, most=most))


def reasons(harvest: Harvest) -> dict[str, int]:
    return {reason: one.count for reason, one in harvest.refused.items()}
