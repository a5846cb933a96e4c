"""Translation without pairs, the whole road: sheets, both directions measured, bundle, engine, API, command."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import torch
from PIL import Image
from support.colours import Colours
from support.exported import exported, tiny  # noqa: F401 - a fixture
from support.requests import answers, sheet_indices
from support.studio import served
from torch import Tensor

from ganvas.bundle import Bundle, read_bundle, write_bundle
from ganvas.cli import main
from ganvas.curate.dataset.dataset import Dataset
from ganvas.curate.dataset.pack import pack
from ganvas.errors import UserError
from ganvas.evaluate.by_domain import compare, compare_quickly
from ganvas.models.batches import TranslationRequest, to_float, to_uint8
from ganvas.models.families import FAMILIES, build
from ganvas.models.family import Family
from ganvas.runs.folder import RunDir
from ganvas.serve.app import create_app
from ganvas.serve.core.engine import Engine
from ganvas.serve.core.settings import StudioSettings
from ganvas.train.sample_sheets import Sheets


@pytest.fixture(scope="module")
def dataset(pictures: Path) -> Dataset:
    return Dataset(pack(pictures, resolution=16).path)


@pytest.fixture(scope="module")
def family() -> Family:
    return tiny("ugatit")


@pytest.fixture(scope="module")
def written(exported: Callable[[str], Path]) -> Bundle:
    return read_bundle(exported("ugatit"))


@pytest.fixture(scope="module")
def one_way(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    config, data = FAMILIES["cyclegan"].tiny()
    made = build("cyclegan", config.model_dump() | {"one_way": True}, data, 1.0)
    return write_bundle(tmp_path_factory.mktemp("bundles") / "zebras", made, name="zebras", kimg=1, onnx=False)


@pytest.fixture
def photo() -> Image.Image:
    return Image.fromarray(np.random.default_rng(0).integers(0, 255, (40, 60, 3), dtype=np.uint8))


def right(family: Family, pixels: np.ndarray, way: int) -> np.ndarray:
    with torch.no_grad():
        return to_uint8(
            family.generate(TranslationRequest(to_float(pixels.copy()), torch.full((len(pixels),), way)))
        ).numpy()


def near(one: np.ndarray, other: np.ndarray) -> bool:
    return one.shape == other.shape and int(np.abs(one.astype(int) - other).max()) <= 1


# ── Training's sheets and numbers ───────────────────────────────────────────────────────────────────────────────────


def test_a_sheet_shows_both_directions(family: Family, dataset: Dataset, tmp_path: Path) -> None:
    run = RunDir(tmp_path)
    sheets = Sheets(run, family, dataset)
    path, fakes = sheets.write(family, 7)
    about = sheet_indices(family, dataset, 24)
    assert [int(dataset.labels[index]) for index in about] == [0] * 12 + [1] * 12
    for place, index in ((0, about[0]), (12, about[12])):
        wanted = right(family, dataset.image(index)[None], int(dataset.labels[index]))[0]
        assert near(fakes[place], wanted)
    with Image.open(path) as sheet:
        assert sheet.size == (2 + 8 * 18, 2 + 6 * 18)  # 24 questions, four in a row, each beside its answer


def test_translations_are_compared_with_the_other_domain(dataset: Dataset) -> None:
    class Painter(Family):
        """Gives every picture the colour of the domain it should become."""

        task = "unpaired"

        def generate(self, request: TranslationRequest) -> Tensor:
            wanted = [
                dataset.subset(np.flatnonzero(dataset.labels == 1 - int(way))).image(0) for way in request.direction
            ]
            return to_float(np.stack(wanted))

    config, data = FAMILIES["ugatit"].tiny()
    painter: Any = Painter(config, data, 1.0)
    painter.register_parameter("nothing", torch.nn.Parameter(torch.zeros(())))
    found = {r.metric: r for r in compare(painter, dataset, Colours(), ("precision", "kid"), count=50, seed=0)}
    ways = ("a_to_b", "b_to_a")
    assert found.keys() == {
        f"{m}_colours_{w}{e}" for m in ("precision", "kid") for w in ways for e in ("", "_untranslated")
    }
    assert found["precision_colours_a_to_b"].value == 1  # it is one of the domain's own pictures
    assert found["kid_colours_a_to_b"].protocol["direction"] == "disc → square"
    assert found["kid_colours_b_to_a"].protocol["translated"] is True
    assert found["kid_colours_b_to_a_untranslated"].protocol["translated"] is False
    assert found["kid_colours_a_to_b"].protocol["fake_count"] == 12
    quick = compare_quickly(painter, dataset, Colours(), count=10)
    assert quick.metric == "kid_colours_translated"
    assert quick.value == pytest.approx(np.mean(list(quick.protocol["directions"].values())))


def test_untranslated_pictures_are_measured_as_they_are(dataset: Dataset, family: Family) -> None:
    halves = [dataset.subset(np.flatnonzero(dataset.labels == label)) for label in (0, 1)]
    there = answers(family, halves[1], range(3))
    assert near(there.numpy(), right(family, np.stack([halves[1].image(i) for i in range(3)]), 1))


# ── Use ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", ["onnxruntime", "torch"])
def test_the_engine_translates_both_ways(kind: Any, written: Bundle, family: Family, photo: Image.Image) -> None:
    engine = Engine(engine=kind)
    try:
        given = [engine.translate(written, photo, direction=way) for way in (0, 1)]
        source = np.asarray(photo.crop((10, 0, 50, 40)).resize((16, 16), Image.Resampling.LANCZOS))[None]
        for way in (0, 1):
            # Resizing may differ by a rounding or two; the directions differ by far more.
            mine = np.abs(given[way].astype(int) - right(family, source, way)[0]).mean()
            other = np.abs(given[way].astype(int) - right(family, source, 1 - way)[0]).mean()
            assert mine < other / 3
        heat = engine.heatmap(written, photo, direction=1)
        assert heat.shape == (16, 16, 1)
        assert heat.max() > 200
        with pytest.raises(UserError, match="one direction only"):
            engine.translate(written, photo, direction=2)
    finally:
        engine.close()


def test_what_a_model_cannot_do_is_told(one_way: Bundle, photo: Image.Image) -> None:
    engine = Engine(engine="torch")
    try:
        assert engine.translate(one_way, photo).shape == (16, 16, 3)
        with pytest.raises(UserError, match="one direction only"):
            engine.translate(one_way, photo, direction=1)
        with pytest.raises(UserError, match="no attention maps"):
            engine.heatmap(one_way, photo)
    finally:
        engine.close()


@pytest.fixture
def client(written: Bundle) -> Iterator[httpx.Client]:
    with served(create_app(settings=StudioSettings(bundles=written.path.parent))) as (client, _):
        yield client


def test_the_api_translates_both_ways_and_shows_where_it_looks(client: httpx.Client, photo: Image.Image) -> None:
    card = client.get("/v1/bundles/ugatit").json()
    assert (card["directions"], card["has_heatmap"], card["classes"]) == (2, True, ["disc", "square"])
    content = io.BytesIO()
    photo.save(content, "PNG")
    files = {"image": ("a.png", content.getvalue())}
    given = {}
    for direction in ("a_to_b", "b_to_a"):
        answered = client.post("/v1/bundles/ugatit/translate", files=files, data={"direction": direction})
        assert answered.status_code == 200
        given[direction] = np.asarray(Image.open(io.BytesIO(answered.content)))
    assert not near(given["a_to_b"], given["b_to_a"])
    heat = client.post("/v1/bundles/ugatit/heatmap", files=files, data={"direction": "b_to_a"})
    with Image.open(io.BytesIO(heat.content)) as picture:
        assert (picture.size, picture.mode) == ((16, 16), "L")
    assert client.post("/v1/bundles/ugatit/translate", files=files, data={"direction": "up"}).status_code == 422


def test_the_command_goes_to_the_domain_that_is_named(
    written: Bundle, photo: Image.Image, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photo.save(tmp_path / "a.png")
    made = {}
    for domain in ("square", "disc"):
        output = tmp_path / domain
        command = [
            "generate",
            str(written.path),
            "--source",
            str(tmp_path / "a.png"),
            "--to",
            domain,
            "-o",
            str(output),
        ]
        assert main(command) in (0, None)
        (file,) = output.iterdir()
        made[domain] = np.asarray(Image.open(file))
    assert not near(made["square"], made["disc"])
    bad = ["generate", str(written.path), "--source", str(tmp_path / "a.png"), "--to", "comics"]
    assert main(bad) == 2
    assert "between disc (A) and square (B)" in " ".join(capsys.readouterr().err.split())
