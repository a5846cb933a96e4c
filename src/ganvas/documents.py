"""YAML and JSON documents of any origin: read without running anything, and bounded in depth and size."""

from __future__ import annotations

import re
from typing import Any

import yaml

MAX_DEPTH = 32  # levels of lists and mappings in a document
MAX_VALUES = 100_000  # values in a document, aliases of YAML expanded


class _Loader(yaml.SafeLoader):
    """YAML whose ``2e-4`` is a number, as in YAML 1.2 (PyYAML's 1.1 rules read it as text)."""


_Loader.yaml_implicit_resolvers = {key: list(rules) for key, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()}
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"^[-+]?(\d+\.?\d*|\.\d+)[eE][-+]?\d+$"), list("-+.0123456789")
)


def parse_yaml(text: str) -> Any:
    """The content of a YAML document.

    Raises:
        ValueError: It is no YAML, has a value that is none (such as a date with a 13th month), or has too many levels
            or values; the error says which.
    """
    try:
        content = yaml.load(text, Loader=_Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" at line {mark.line + 1}" if mark else ""
        raise ValueError(f"is not valid YAML{where}: {getattr(error, 'problem', None) or 'not YAML'}") from None
    except RecursionError:
        raise ValueError("has too many levels of lists and mappings") from None
    except Exception as error:  # noqa: BLE001 - PyYAML's constructors raise errors of many types on malformed values
        raise ValueError(f"has a value that cannot be read ({' '.join(str(error).split())[:80]})") from None
    if not is_bounded(content):
        raise ValueError(f"has more than {MAX_DEPTH} levels of lists and mappings, or more than {MAX_VALUES:,} values")
    return content


def is_bounded(content: Any) -> bool:
    """Whether a document has at most ``MAX_DEPTH`` levels and ``MAX_VALUES`` values, aliases expanded."""
    level, count = [content], 0
    for _ in range(MAX_DEPTH):
        below: list[Any] = []
        for value in level:
            if isinstance(value, dict | list | tuple | set):
                below.extend(value.values() if isinstance(value, dict) else value)
                if count + len(below) > MAX_VALUES:
                    return False
        if not below:
            return True
        level, count = below, count + len(below)
    return False
