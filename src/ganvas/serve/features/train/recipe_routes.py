"""``/v1/recipes``: the shipped recipes and their settings."""

from __future__ import annotations

from fastapi import APIRouter

from ganvas.recipe import load, names
from ganvas.serve.core.roles import needs
from ganvas.serve.features.train import recipe_settings
from ganvas.serve.features.train.schemas import RecipeDetail, RecipeList

router = APIRouter()


@router.get("/v1/recipes", tags=["train"], operation_id="listRecipes", openapi_extra=needs("owner"))
def list_recipes() -> RecipeList:
    """The shipped recipes."""
    return RecipeList(recipes=[recipe_settings.card(name, load(name)) for name in names()])


@router.get("/v1/recipes/{id}", tags=["train"], operation_id="getRecipe", openapi_extra=needs("owner"))
def get_recipe(id: str) -> RecipeDetail:  # noqa: A002
    """A recipe with every setting: type, range, value and description."""
    return recipe_settings.detail(id)
