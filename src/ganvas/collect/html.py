"""Parsing of web pages: pictures in their largest form, links, and directives for robots."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from urllib.parse import urldefrag, urljoin, urlsplit

from bs4 import BeautifulSoup, Tag

from ganvas.collect.fetch import AGENT, Fetched
from ganvas.curate.file_kinds import PICTURE_SUFFIXES

MAX_LINKS = 5_000  # of one page
# Robots directives that forbid collecting the pictures of a page (or using them for training).
_KEEP_OFF = frozenset({"noimageindex", "noai", "noimageai", "none"})
_STAY = frozenset({"nofollow", "none"})


@dataclass
class Page:
    """The pictures, links and robots directives of a page."""

    url: str
    pictures: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)  # to other pages, of any host
    forbids_pictures: bool = False
    forbids_following: bool = False


def read_page(answer: Fetched) -> Page:
    """Find pictures and links in a page; whatever HTML there is, broken or not.

    Pictures are those of ``img`` (the largest of ``srcset``, and the attributes of lazy loading), ``source``,
    ``og:image`` and links whose name ends like a picture's.
    """
    charset = re.search(r"charset=[\"']?([\w-]+)", answer.headers.get("content-type", ""))
    soup = BeautifulSoup(answer.content, "lxml", from_encoding=charset[1] if charset else None)
    page = Page(answer.url)
    words = _robot_words(soup, answer)
    page.forbids_pictures = bool(words & _KEEP_OFF)
    page.forbids_following = bool(words & _STAY)
    base_tag = soup.find("base", href=True)
    base = _joined(answer.url, _text(base_tag, "href")) if base_tag is not None else None
    base = base or answer.url
    pictures: dict[str, None] = {}
    links: dict[str, None] = {}
    for tag in soup.find_all(["img", "source", "meta", "a"], limit=4 * MAX_LINKS):
        for found in _shown(tag):
            if (url := _joined(base, found)) is not None:
                pictures[url] = None
        if tag.name == "a" and (url := _joined(base, _text(tag, "href"))) is not None:
            if PurePosixPath(urlsplit(url).path).suffix.lower() in PICTURE_SUFFIXES:
                pictures[url] = None
            elif "nofollow" not in _text(tag, "rel").lower().split():
                links[url] = None
    page.pictures, page.links = list(pictures)[:MAX_LINKS], list(links)[:MAX_LINKS]
    return page


def _robot_words(soup: BeautifulSoup, answer: Fetched) -> set[str]:
    said = [answer.headers.get("x-robots-tag", "")]
    for tag in soup.find_all("meta", limit=500):
        if _text(tag, "name").lower() in ("robots", AGENT.lower()):
            said.append(_text(tag, "content"))
    return {word.strip().lower() for text in said for word in re.split(r"[,\s]+", text)}


def _shown(tag: Tag) -> list[str]:
    """The addresses of the pictures that a tag shows: one, in its largest form."""
    if tag.name == "meta":
        return [_text(tag, "content")] if _text(tag, "property").lower() in ("og:image", "og:image:url") else []
    if tag.name == "a" or (tag.name == "source" and "video" in {parent.name for parent in tag.parents}):
        return []
    for attribute in ("srcset", "data-srcset"):
        if (largest := _largest(_text(tag, attribute))) is not None:
            return [largest]
    found = [_text(tag, name) for name in ("data-original", "data-src", "src")] if tag.name == "img" else []
    return [next(filter(None, found))] if any(found) else []


def _largest(srcset: str) -> str | None:
    """The candidate of a ``srcset`` with the largest width or density."""
    best: tuple[float, str] | None = None
    for url, number in re.findall(r"([^\s,]\S*[^\s,])(?:\s+([\d.]+)[wx])?\s*(?:,|$)", srcset[:20_000]):
        size = float(number) if re.fullmatch(r"\d+(\.\d+)?", number) else 1.0
        if best is None or size > best[0]:
            best = (size, url)
    return best[1] if best else None


def _text(tag: Tag, name: str) -> str:
    value = tag.get(name)
    return " ".join(value) if isinstance(value, list) else (value or "").strip()


def _joined(base: str, found: str) -> str | None:
    if not found or found.startswith(("data:", "javascript:", "mailto:", "#")):
        return None
    try:
        url = urldefrag(urljoin(base, found)).url
        return url if urlsplit(url).scheme in ("http", "https") else None
    except ValueError:
        return None
