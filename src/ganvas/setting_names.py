"""Names for sentences: known settings, the nearest to a mistyped name, the first of many, and wrong values."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from types import UnionType
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError

MAX_SHOWN = 60


@cache
def setting_keys(settings: type[BaseModel]) -> tuple[str, ...]:
    """Every setting except those of the family, as a dotted path.

    Args:
        settings: The model of all settings; groups are models in its fields.
    """

    def walk(model: type[BaseModel], prefix: str) -> Iterator[str]:
        for name, field in model.model_fields.items():
            group = _group(field.annotation)
            if group is not None:
                yield from walk(group, f"{prefix}{name}.")
            elif field.annotation != dict[str, Any]:
                yield prefix + name

    return tuple(walk(settings, ""))


def _group(annotation: Any) -> type[BaseModel] | None:
    """The model of a group of settings, which may be absent; None for a single setting."""
    for kind in (annotation, *(get_args(annotation) if get_origin(annotation) is UnionType else ())):
        if isinstance(kind, type) and get_origin(kind) is None and issubclass(kind, BaseModel):
            return kind
    return None


def first_of(names: Sequence[str], most: int = 10) -> str:
    """The first names, with commas: ``cat, dog, … (2,000 in all)`` where there are more than ``most``."""
    shown = ", ".join(names[:most])
    return f"{shown}, … ({len(names):,} in all)" if len(names) > most else shown


def nearest(text: str, known: Mapping[str, Any] | tuple[str, ...]) -> str:
    """``, the nearest is X`` where a known name is similar, as a whole or in its last part; else an empty string."""
    found = difflib.get_close_matches(text, list(known), 1, 0.6)
    if not found:
        last = text.rpartition(".")[2]
        ends = {name.rpartition(".")[2]: name for name in known}
        found = [ends[end] for end in difflib.get_close_matches(last, list(ends), 1, 0.6)]
    return f", the nearest is {found[0]}" if found else ""


def invalid_setting(error: ValidationError, recipe: str, settings: type[BaseModel]) -> str:
    """The first problem of a recipe as a sentence.

    Args:
        error: What validation found.
        recipe: The recipe's name.
        settings: The model of all settings.
    """
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    match first["type"]:
        case "extra_forbidden":
            return f"Recipe {recipe}: there is no setting {where}{nearest(where, setting_keys(settings))}."
        case "missing":
            return f"Recipe {recipe} lacks {where}; add it or start from another recipe with `extends: NAME`."
        case "value_error":
            return f"Recipe {recipe}: {str(first['ctx']['error']).rstrip('.')}."
        case _:
            wanted = first["msg"].removeprefix("Input ").rstrip(".")
            return f"Recipe {recipe}: {where} is {shown(first['input'])} but {wanted}{_unit(where, settings)}."


def shown(value: object) -> str:
    """A wrong value as an error repeats it: at most ``MAX_SHOWN`` characters."""
    text = repr(value)
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…"


def _unit(where: str, settings: type[BaseModel]) -> str:
    model = settings
    field = None
    for part in where.split("."):
        field = model.model_fields.get(part)
        if field is None:
            return ""
        model = _group(field.annotation) or model
    return f" ({field.description})" if field is not None and field.description else ""
