"""What a model declares about its use: page, inputs, capabilities, drawings, summary."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from ganvas import recipe
from ganvas.bundle.manifest import BundleInfo, fingerprint_of
from ganvas.curate.dataset.dataset import Dataset
from ganvas.curate.dataset.pack import pack
from ganvas.curate.sketch.degrade import DEGRADATIONS
from ganvas.errors import UserError
from ganvas.models.batches import ReferenceRequest, SynthesisRequest, TranslationRequest
from ganvas.models.families import FAMILIES
from ganvas.spec import DataSpec
from ganvas.tasks import TASKS
from ganvas.tasks.unpaired import measure_drawing_domain


def manifest(task: str, family: str, data: DataSpec, config: dict[str, Any] | None = None) -> dict[str, Any]:
    """The content of a ``bundle.json`` from before bundles declared their use."""
    return {
        "schema_version": 1,
        "name": "model",
        "task": task,
        "family": family,
        "config": config or {},
        "data": data.model_dump(mode="json"),
        "z_dim": 8,
        "truncates": False,
        "kimg": 1.0,
        "recipe": {},
        "parameters": {},
        "created": "2025-01-01",
        "ganvas": "1.0",
        "files": {},
    }


def of_recipe(name: str, classes: tuple[str, ...] = ("a", "b")) -> BundleInfo:
    """What a bundle of a shipped recipe declares."""
    loaded = recipe.load(name)
    content = manifest(recipe.names()[name], loaded.family, loaded.data_spec(classes), loaded.model)
    return BundleInfo.model_validate(content)


def former_page(info: BundleInfo) -> str:
    """The rule by which the pages themselves once chose."""
    if info.task == "synthesis":
        return "generate"
    draws = (info.data.degradation or "").startswith("sketch") or info.family == "sketchportrait"
    return "draw" if info.task == "paired" and draws else "translate"


@pytest.mark.parametrize("name", [name for name, task in recipe.names().items() if task != "music"])
def test_each_recipe_has_the_page_that_it_always_had(name: str) -> None:
    info = of_recipe(name)
    assert info.page == former_page(info)
    assert ("draw" if "drawing" in info.accepts and info.task == "paired" else info.page) == info.page


@pytest.mark.parametrize("name", recipe.names())
def test_drawings_are_taken_where_they_always_were(name: str) -> None:
    for domains in (("faces", "sketches"), ("그림", "사진"), ("cats", "dogs")):
        info = of_recipe(name, domains)
        expected = None
        if (info.data.degradation or "").startswith("sketch") or info.family == "sketchportrait":
            expected = "a_to_b"
        elif info.task == "unpaired":
            named = [bool(re.search(r"sketch|draw|stroke|line|edge|contour|스케치|그림", d)) for d in info.data.classes]
            ways = TASKS[info.task].directions(info.config)
            expected = "a_to_b" if named[:1] == [True] else "b_to_a" if named[1:] == [True] and ways == 2 else None
        assert info.drawing_direction == expected
        assert ("drawing" in info.accepts) == (expected is not None)


def test_what_models_accept_and_can_do() -> None:
    assert of_recipe("biggan-32").accepts == ("seed",)
    assert of_recipe("biggan-32").capabilities == ("latent_space", "truncation", "classes")
    assert of_recipe("sketch-portrait").accepts == ("drawing", "picture")
    assert of_recipe("sketch-portrait").capabilities == ("codes", "photo_to_drawing")
    assert of_recipe("inpaint-64").capabilities == ("inpaints",)
    assert of_recipe("super-resolution-x4").capabilities == ("enlarges",)
    assert of_recipe("ugatit-256").capabilities == ("heatmap", "classes")
    assert of_recipe("starganv2-256").accepts == ("picture", "reference", "seed")
    labelled = manifest("paired", "pix2pixhd", DataSpec(labels=3, source_channels=1))  # type: ignore[call-arg]
    assert BundleInfo.model_validate(labelled).accepts == ("label map",)


def test_music_has_a_page_of_its_own() -> None:
    info = of_recipe("musegan")
    assert (info.page, info.accepts, info.capabilities) == ("music", ("seed",), ())
    assert info.summary.sentence == "Composes 4 bars of music for 5 tracks"
    accompanying = BundleInfo.model_validate(
        manifest("music", "musegan", recipe.load("musegan").data_spec(), {"accompany": "piano"})
    )
    assert (accompanying.capabilities, accompanying.accepts) == (("accompanies",), ("music", "seed"))
    assert accompanying.summary.sentence == "Adds 4 tracks to 4 bars of piano"


def test_summaries_say_what_a_model_does() -> None:
    assert of_recipe("sketch-portrait").summary.sentence == "Turns a drawing into a picture"
    assert of_recipe("biggan-32").summary.params == {"count": 2}
    assert of_recipe("starganv2-makeup-128-small").summary.key == "makeup"
    assert {of_recipe(name).summary.key for name in recipe.names()} >= {"sketch", "mask", "paired", "unpaired"}
    for name, degradation in DEGRADATIONS.items():
        assert name.startswith(degradation.undone.key)


def test_a_manifest_that_declares_nothing_is_completed_and_one_that_does_is_kept() -> None:
    old = manifest("unpaired", "cyclegan", DataSpec(classes=("photos", "drawings")))  # type: ignore[call-arg]
    assert BundleInfo.model_validate(old).drawing_direction == "b_to_a"
    assert BundleInfo.model_validate(old | {"drawing_direction": None}).accepts == ("picture",)
    declared = old | {"recipe": {"data": {"drawing_domain": "a"}}}
    assert BundleInfo.model_validate(declared).drawing_direction == "a_to_b"
    assert fingerprint_of(old) == fingerprint_of(dict(reversed(old.items())))


def folders(root: Path, **domains: str) -> Dataset:
    """Two folders, each of photographs or of drawings."""
    rng = np.random.default_rng(0)
    for name, kind in domains.items():
        (root / name).mkdir(parents=True)
        for number in range(6):
            pixels = rng.integers(0, 255, (32, 32, 3), dtype=np.uint8)
            if kind == "drawing":
                pixels = np.full_like(pixels, 250)
                pixels[8:24, rng.integers(0, 32, 3)] = 30
            Image.fromarray(pixels).save(root / name / f"{number}.png")
    return Dataset(pack(root, resolution=32).path)


@pytest.mark.parametrize(
    ("a", "b", "found"),
    [("drawing", "photo", "a"), ("photo", "drawing", "b"), ("photo", "photo", None), ("drawing", "drawing", "a")],
)
def test_the_domain_of_drawings_is_measured(tmp_path: Path, a: str, b: str, found: str | None) -> None:
    dataset = folders(tmp_path / "p", aaa=a, bbb=b)
    assert measure_drawing_domain(dataset) == found
    spec, data = TASKS["unpaired"], DataSpec(classes=("lines", "faces"))  # type: ignore[call-arg]
    two_ways = {"a": "a_to_b", "b": "b_to_a", None: None}
    assert spec.drawing_direction(data, {}, (), dataset=dataset) == two_ways[found]
    assert spec.drawing_direction(data, {}, (), dataset=dataset, declared="b") == "b_to_a"
    assert spec.drawing_direction(data, {"one_way": True}, (), declared="b") is None


def test_a_model_says_what_it_takes() -> None:
    with pytest.raises(UserError, match="Rex makes pictures from seeds"):
        TASKS["synthesis"].require(TranslationRequest, "Rex")
    with pytest.raises(UserError, match="translates pictures"):
        TASKS["paired"].require(SynthesisRequest)
    with pytest.raises(UserError, match="give it a picture and a reference"):
        TASKS["reference"].require(TranslationRequest)
    for spec in TASKS.values():
        spec.require(spec.request)
    TASKS["reference"].require(ReferenceRequest)


def test_every_task_has_its_spec_and_every_family_a_task() -> None:
    assert [spec.name for spec in TASKS.values()] == list(TASKS)
    assert {kind.task for kind in FAMILIES.values()} == set(TASKS)
