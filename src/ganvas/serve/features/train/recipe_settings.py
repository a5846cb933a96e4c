"""The settings of a recipe with their types, ranges and descriptions, from the models that validate them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from ganvas.errors import UserError
from ganvas.models.families import FAMILIES
from ganvas.recipe import Recipe, load, names
from ganvas.serve.core.errors import MissingError
from ganvas.serve.features.train.schemas import RecipeCard, RecipeDetail, Setting

# The page asks for the weights to begin from in another way, and these name files of the machine.
LEFT_OUT = ("train.start", "data.palette", "train.trackers")
GROUPS = ("train", "data", "evaluate")


def shipped(name: str, sets: list[str] | tuple[str, ...] = ()) -> Recipe:
    """A shipped recipe with changes.

    Raises:
        MissingError: There is no such recipe.
        UserError: A change is wrong, or not allowed here.
    """
    if name not in names():
        raise MissingError(f"There is no recipe {name!r}.", code="no-recipe", params={"recipe": name})
    for change in sets:
        key = change.partition("=")[0].strip()
        if key in LEFT_OUT or any(group.startswith(f"{key}.") for group in LEFT_OUT):
            raise UserError(f"The setting {key} cannot be changed here.", code="setting-not-here", params={"key": key})
    try:
        return load(name, list(sets))
    except UserError as error:
        reason = str(error)
        raise UserError(reason, code="wrong-setting", params={"reason": reason}) from None


def card(name: str, recipe: Recipe) -> RecipeCard:
    """A recipe in short."""
    return RecipeCard(
        name=name,
        task=names()[name],
        family=recipe.family,
        about=recipe.about,
        resolution=recipe.data.resolution,
        bars=None if recipe.data.roll is None else recipe.data.roll.bars,
        kimg=recipe.train.kimg,
    )


def detail(name: str) -> RecipeDetail:
    """A recipe with every setting that can be changed.

    Raises:
        MissingError: There is no such recipe.
    """
    recipe = shipped(name)
    values = recipe.model_dump(mode="json")
    schema = Recipe.model_json_schema()
    family = FAMILIES[recipe.family].Config
    chosen = family.model_validate(recipe.model).model_dump(mode="json")
    found = list(_settings(family.model_json_schema(), chosen, "model."))
    for group in GROUPS:
        found += _settings(schema["$defs"][f"{group.capitalize()}Settings"], values[group], f"{group}.", schema)
    settings = [setting for setting in found if setting.key not in LEFT_OUT]
    return RecipeDetail(**card(name, recipe).model_dump(), settings=settings)


def _settings(
    group: dict[str, Any], values: dict[str, Any], prefix: str, root: dict[str, Any] | None = None
) -> Iterator[Setting]:
    root = root or group
    for name, stated in group.get("properties", {}).items():
        schema, optional = _plain(stated, root)
        if "properties" in schema:
            if values.get(name) is not None:  # a group that the recipe does without cannot be put together here
                yield from _settings(schema, values[name], f"{prefix}{name}.", root)
            continue
        kind = _kind(schema)
        yield Setting(
            key=f"{prefix}{name}",
            kind=kind,
            description=str(stated.get("description") or schema.get("description") or ""),
            value=values.get(name),
            optional=optional,
            choices=_choices(_plain(schema.get("items", {}), root)[0] if kind == "list" else schema),
            minimum=schema.get("minimum"),
            maximum=schema.get("maximum"),
            above=schema.get("exclusiveMinimum"),
            below=schema.get("exclusiveMaximum"),
        )


def _plain(schema: dict[str, Any], root: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """A schema without references and without null, and whether it may be null."""
    if "$ref" in schema:
        return root["$defs"][schema["$ref"].rsplit("/", 1)[-1]], False
    options = schema.get("anyOf")
    if options is None:
        return schema, False
    others = [option for option in options if option.get("type") != "null"]
    first = _plain(others[0], root)[0] if len(others) == 1 else {"type": "string"}
    return first, len(others) < len(options)


def _choices(schema: dict[str, Any]) -> list[Any]:
    return list(schema["enum"]) if "enum" in schema else [schema["const"]] if "const" in schema else []


def _kind(schema: dict[str, Any]) -> Literal["integer", "number", "boolean", "choice", "text", "list"]:
    if _choices(schema):
        return "choice"
    match schema.get("type"):
        case "integer":
            return "integer"
        case "number":
            return "number"
        case "boolean":
            return "boolean"
        case "array":
            return "list"
        case _:
            return "text"
