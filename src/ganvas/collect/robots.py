"""Rules of robots.txt (RFC 9309): the most specific group, the longest rule, ``*`` and ``$``."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urlsplit

MAX_BYTES = 512_000  # the RFC requires at least 500 KiB; the rest of a longer file is not read
_MAX_RULES = 5_000
_NEEDS_NO_QUOTING = "/?&=:;,@!$'()*+~[]%#-._"


@dataclass(frozen=True)
class _Rule:
    allows: bool
    length: int
    pattern: re.Pattern[str]


@dataclass
class _Group:
    agents: list[str] = field(default_factory=list)
    rules: list[_Rule] = field(default_factory=list)
    delay: float | None = None


@dataclass(frozen=True)
class Robots:
    """The rules of one host for one visitor."""

    rules: tuple[_Rule, ...] = ()
    delay: float | None = None  # Crawl-delay in seconds, where one is stated
    closed: bool = False  # everything is forbidden: the file could not be read though the host exists

    @classmethod
    def parse(cls, text: str, agent: str) -> Robots:
        """Read a robots.txt.

        Args:
            agent: the product token of the visitor, such as ``Ganvas``; groups for it, else those for ``*``, count.
        """
        groups = _groups(text)
        wanted = [group for group in groups if agent.lower() in group.agents]
        wanted = wanted or [group for group in groups if "*" in group.agents]
        delays = [group.delay for group in wanted if group.delay is not None]
        return cls(tuple(rule for group in wanted for rule in group.rules), max(delays) if delays else None)

    def allows(self, url: str) -> bool:
        """Whether the visitor may request this address. The longest matching rule decides; at a tie, it is allowed."""
        parts = urlsplit(url)
        path = _plain(parts.path or "/") + (f"?{_plain(parts.query)}" if parts.query else "")
        if path == "/robots.txt":
            return True
        if self.closed:
            return False
        fitting = [(rule.length, rule.allows) for rule in self.rules if rule.pattern.match(path)]
        return max(fitting)[1] if fitting else True


OPEN = Robots()
CLOSED = Robots(closed=True)


def _plain(path: str) -> str:
    """The same spelling for the same path: ``%7E`` and ``~`` are one, ``%2F`` stays what it is."""
    kept = re.sub(r"%(2F|25|3F|23)", lambda found: f"%25{found[1].upper()}", path, flags=re.IGNORECASE)
    return quote(unquote(kept, errors="surrogateescape"), safe=_NEEDS_NO_QUOTING, errors="surrogateescape")


def _rule(allows: bool, value: str) -> _Rule:
    ends = value.endswith("$")
    pieces = re.sub(r"\*+", "*", value.removesuffix("$")).split("*")
    # Each literal is found at its first place and kept there (an atomic group), so that no rule takes long to fail.
    pattern = "".join(
        re.escape(_plain(piece)) if index == 0 else f"(?>.*?{re.escape(_plain(piece))})"
        for index, piece in enumerate(pieces[:-1] if ends and len(pieces) > 1 else pieces)
    )
    if ends and len(pieces) > 1:
        pattern += f".*{re.escape(_plain(pieces[-1]))}"
    return _Rule(allows, len(value), re.compile(pattern + (r"\Z" if ends else ""), re.DOTALL))


def _groups(text: str) -> list[_Group]:
    groups: list[_Group] = []
    naming = False  # several User-agent lines in a row share the rules that follow
    rules = 0
    for line in text.removeprefix("\ufeff").splitlines():
        field_name, colon, value = line.partition("#")[0].partition(":")
        field_name, value = field_name.strip().lower(), value.strip()
        if not colon:
            continue
        if field_name == "user-agent":
            if not naming:
                groups.append(_Group())
            groups[-1].agents.append(value.lower().split("/")[0])
            naming = True
            continue
        if field_name not in ("allow", "disallow", "crawl-delay") or not groups:
            continue
        naming = False
        if field_name == "crawl-delay":
            groups[-1].delay = _seconds(value)
        elif value and rules < _MAX_RULES and len(value) < 2_000 and value.count("*") < 50:
            rules += 1
            groups[-1].rules.append(_rule(field_name == "allow", value))
    return groups


def _seconds(value: str) -> float | None:
    try:
        seconds = float(value)
    except ValueError:
        return None
    return seconds if 0 <= seconds < 1e9 else None
