"""Commands that bring pictures in: from folders, archives, addresses, pages, searches, videos and open collections."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ganvas.cli.app import app
from ganvas.cli.options import CURATE, Quiet, ZipEncoding, check_at_least, megapixels

if TYPE_CHECKING:
    from ganvas.collect.session import CollectSession, NetworkOptions

CatalogFolder = Annotated[Path, typer.Option("--catalog", "-c", help="Folder of the catalogue; created if missing.")]
DatabaseUrl = Annotated[
    str | None, typer.Option(metavar="URL", help="A PostgreSQL database for the catalogue's data, in place of a file.")
]
_PAGES, _SEARCH, _NETWORK = "Web pages", "Image search", "Politeness and limits on the network"
_ONE_OF = "Name one thing to collect from: SOURCE, --urls, --page, --search, --keywords or --collection."


@app.command(rich_help_panel=CURATE)
def collect(
    source: Annotated[
        str | None,
        typer.Argument(help="A folder, archive, picture, video, text file of addresses, or address of a picture."),
    ] = None,
    catalog: CatalogFolder = Path("catalogue"),
    database: DatabaseUrl = None,
    licence: Annotated[str | None, typer.Option(help="Licence to record for the pictures.")] = None,
    urls: Annotated[Path | None, typer.Option(help="A text file with one address per line.", metavar="FILE")] = None,
    page: Annotated[
        list[str] | None, typer.Option(help="Take a web page's pictures.", metavar="URL", rich_help_panel=_PAGES)
    ] = None,
    depth: Annotated[
        int, typer.Option(help="Links to follow away from the first, on its host.", rich_help_panel=_PAGES)
    ] = 0,
    pages: Annotated[int, typer.Option(help="How many to read at most.", rich_help_panel=_PAGES)] = 200,
    search: Annotated[
        list[str] | None, typer.Option(help="Search this word or phrase.", metavar="WORD", rich_help_panel=_SEARCH)
    ] = None,
    keywords_file: Annotated[
        Path | None,
        typer.Option(
            "--keywords", help="Search the words of a file, one per line.", metavar="FILE", rich_help_panel=_SEARCH
        ),
    ] = None,
    engine: Annotated[str, typer.Option(help="bing, google, baidu or flickr.", rich_help_panel=_SEARCH)] = "bing",
    narrow: Annotated[
        list[str] | None,
        typer.Option(
            "--filter", metavar="KEY=VALUE", help="Narrow it, such as license=publicdomain.", rich_help_panel=_SEARCH
        ),
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Search words again that were searched before.", rich_help_panel=_SEARCH)
    ] = False,
    engine_at: Annotated[
        str | None,
        typer.Option(
            metavar="URL", help="Send the search to this host instead of the engine's own.", rich_help_panel=_SEARCH
        ),
    ] = None,
    collection: Annotated[str | None, typer.Option(help="An open collection: us-congress or avatars.")] = None,
    count: Annotated[
        int | None, typer.Option(help="Pictures per word (default 100), frames of a video (all), avatars (1000).")
    ] = None,
    every: Annotated[float, typer.Option(help="Video: seconds between two frames.")] = 1.0,
    zip_encoding: ZipEncoding = None,
    delay: Annotated[
        float, typer.Option(help="Seconds between two requests to a host.", rich_help_panel=_NETWORK)
    ] = 1.0,
    max_mb: Annotated[
        float, typer.Option(help="The largest picture to download, in MB.", rich_help_panel=_NETWORK)
    ] = 20.0,
    timeout: Annotated[float, typer.Option(help="Seconds for one request.", rich_help_panel=_NETWORK)] = 60.0,
    robots: Annotated[
        bool,
        typer.Option(
            "--robots", help="Obey robots.txt for lists and searches too; pages always do.", rich_help_panel=_NETWORK
        ),
    ] = False,
    private: Annotated[
        bool, typer.Option("--private", help="Allow addresses of your own network.", rich_help_panel=_NETWORK)
    ] = False,
    refresh: Annotated[
        bool,
        typer.Option("--refresh", help="Request addresses again that were handled before.", rich_help_panel=_NETWORK),
    ] = False,
    contact: Annotated[
        str | None,
        typer.Option(help="Your e-mail address, sent to the hosts.", metavar="MAIL", rich_help_panel=_NETWORK),
    ] = None,
    max_megapixels: Annotated[
        float, typer.Option(help="Largest picture that is taken, in millions of pixels; JPEG files may have 4 times.")
    ] = 80.0,
    workers: Annotated[int | None, typer.Option(help="Pictures decoded in parallel; one per core by default.")] = None,
    quiet: Quiet = False,
) -> None:
    """Add pictures to a catalogue, each with its origin. Run the same command again to resume."""
    from ganvas.errors import UserError

    given = [source, urls, page, search or keywords_file, collection]
    if sum(1 for one in given if one) != 1:
        raise UserError(_ONE_OF)
    for name, number, least in (("--depth", depth, 0), ("--pages", pages, 1), ("--count", count or 1, 1)):
        check_at_least(name, number, least)
    check_at_least("--workers", 1 if workers is None else workers, 1)
    for name, amount in (("--every", every), ("--delay", delay), ("--max-mb", max_mb), ("--timeout", timeout)):
        if not 0 <= amount < 1e6 or (amount == 0 and name in ("--max-mb", "--timeout")):
            raise UserError(f"{name} cannot be {amount:g}.")

    def work(session: CollectSession) -> None:
        from ganvas.collect.search import Engine
        from ganvas.collect.session import collect_source

        if collection:
            session.collection(collection, count=count or 1000)
        elif page:
            session.pages(page, depth=depth, most=pages)
        elif urls:
            session.addresses(urls)
        elif search or keywords_file:
            words = [*(search or []), *(_words(keywords_file) if keywords_file else [])]
            session.words(Engine(engine, _filters(narrow), engine_at), words, count=count or 100, again=again)
        elif source:
            collect_source(session, source, every=every, most=count)

    from ganvas.collect.session import NetworkOptions

    conduct = NetworkOptions(delay, int(max_mb * 1e6), timeout, private, robots, refresh, contact)
    _run(work, catalog, database, conduct, licence, workers, megapixels(max_megapixels), quiet, zip_encoding)


def _run(
    work: Callable[[CollectSession], None],
    root: Path,
    database: str | None,
    conduct: NetworkOptions,
    licence: str | None,
    workers: int | None,
    max_pixels: int,
    quiet: bool,
    zip_encoding: str | None,
) -> None:
    import warnings

    from rich.console import Console

    from ganvas.cli.collect_progress import CollectProgress, summary
    from ganvas.collect.ingest import Ingester
    from ganvas.collect.session import CollectSession
    from ganvas.curate.catalog import Catalog
    from ganvas.curate.images.opening import TOO_MANY
    from ganvas.errors import UserError

    warnings.filterwarnings(
        "ignore", module="PIL"
    )  # its warnings about unusual files; what matters is reported as a reason
    console = Console(quiet=quiet)
    with Catalog.open(root.expanduser(), database) as catalog, CollectProgress(console, quiet=quiet) as view:
        taker = Ingester(catalog, listener=view, max_pixels=max_pixels)
        session = CollectSession(taker, conduct, licence, workers, view.say, zip_encoding)
        stopped = False
        try:
            work(session)
        except KeyboardInterrupt:
            stopped = True
        except OSError as error:
            said = error.strerror or type(error).__name__
            raise UserError(f"{root} cannot be written ({said}); what was stored before is kept.") from error
        finally:
            harvest = taker.counts
            view.stop()
            if harvest.done:
                console.print(summary(harvest))
        size = len(catalog)
    if stopped:
        view.say("Stopped. Run the same command again to resume.")
        raise typer.Exit(130)
    if any(reason.startswith(TOO_MANY) for reason in harvest.refused):
        view.say("--max-megapixels raises the limit of pixels.")
    if "a web page, not a picture" in harvest.refused:
        view.say("To collect the pictures of a web page: ganvas collect --page URL")
    if harvest.done and not harvest.good:
        raise UserError("No picture was added; the table above says why.")
    if not harvest.done and not session.searched:
        raise UserError("No picture was added: the source has none.")
    if harvest.done:
        view.say(f"{root} now has {size:,} picture{'' if size == 1 else 's'}.")
        view.say(f"Next: ganvas report {root}   or   ganvas review {root}")


def _words(path: Path) -> list[str]:
    from ganvas.collect.session import read_text
    from ganvas.errors import UserError

    lines = [line.strip() for line in read_text(path).splitlines()]
    words = [line for line in lines if line and not line.startswith("#")]
    if not words:
        raise UserError(f"{path} has no words; write one per line.")
    return words


def _filters(given: list[str] | None) -> dict[str, str]:
    from ganvas.errors import UserError

    filters = {}
    for one in given or []:
        key, equals, value = one.partition("=")
        if not equals or not key or not value:
            raise UserError(f"--filter is KEY=VALUE, such as license=publicdomain, not {one!r}.")
        filters[key] = value
    return filters
