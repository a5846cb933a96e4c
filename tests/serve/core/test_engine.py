"""The same question gets the same picture: alone or with others, by onnxruntime or torch, today or tomorrow."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from ganvas.bundle import Bundle, write_bundle
from ganvas.curate.images.prepare import prepare_image
from ganvas.curate.sketch.degrade import DEGRADATIONS
from ganvas.errors import UserError
from ganvas.inference.generate import class_of_seed
from ganvas.inference.worker import MAX_WAITING, BusyError
from ganvas.models.batches import TranslationRequest, latents, to_float, to_uint8
from ganvas.models.families import FAMILIES, build
from ganvas.serve.core.bundle_inputs import prepare_source
from ganvas.serve.core.engine import Engine
from ganvas.spec import DataSpec

torch.set_num_threads(1)


@pytest.fixture(scope="module")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Bundle]:
    root = tmp_path_factory.mktemp("bundles")
    config, data = FAMILIES["dcgan"].tiny()
    settings = config.model_dump(mode="json")
    torch.manual_seed(0)
    plain = build("dcgan", settings, data.model_copy(update={"classes": ()}), 1.0)
    classes = build("dcgan", settings, data.model_copy(update={"classes": ("cat", "dog", "owl")}), 1.0)
    paired = FAMILIES["pix2pix"](*FAMILIES["pix2pix"].tiny(), 1.0)
    with torch.no_grad():
        for family in (plain, classes, paired):
            for parameter in family.parameters():
                parameter.mul_(3)  # so that pictures differ clearly
    return {
        name: write_bundle(root / name, family, name=name, kimg=1, onnx=True)
        for name, family in (("plain", plain), ("classes", classes), ("paired", paired))
    }


@pytest.fixture
def engine() -> Iterator[Engine]:
    made = Engine()
    yield made
    made.close()


@pytest.fixture
def photo() -> Image.Image:
    rows, columns = np.mgrid[0:90, 0:120]
    values = np.stack([rows * 2, columns * 2, (rows // 9 % 2) * 255], 2).astype(np.uint8)
    return Image.fromarray(values)


def near(one: np.ndarray, other: np.ndarray) -> bool:
    """Equal up to the rounding of one step."""
    return one.shape == other.shape and int(np.abs(one.astype(int) - other).max()) <= 1


def test_a_seed_is_its_picture_whatever_else_is_asked_for(engine: Engine, bundles: dict[str, Bundle]) -> None:
    many = engine.generate(bundles["plain"], list(range(37)))
    data = bundles["plain"].info.data
    assert many.shape == (37, data.resolution, data.resolution, data.channels)
    assert many.dtype == np.uint8
    assert near(engine.generate(bundles["plain"], [20])[0], many[20])
    assert near(engine.generate(bundles["plain"], [36, 20])[1], many[20])
    assert not near(many[20], many[21])


def test_both_engines_make_the_same_pictures(bundles: dict[str, Bundle], photo: Image.Image) -> None:
    made = {}
    for name in ("onnxruntime", "torch"):
        engine = Engine(engine=name)  # type: ignore[arg-type]
        made[name] = (engine.generate(bundles["plain"], [1, 2, 3]), engine.translate(bundles["paired"], photo))
        engine.close()
    assert near(made["torch"][0], made["onnxruntime"][0])
    assert near(made["torch"][1], made["onnxruntime"][1])


def test_seeds_are_those_of_numpy(engine: Engine, bundles: dict[str, Bundle]) -> None:
    family = bundles["plain"].load_family()
    z = torch.from_numpy(latents([7], family.z_dim))
    expected = to_uint8(family.generate(type_of_request(z))).numpy()
    assert near(engine.generate(bundles["plain"], [7]), expected)


def type_of_request(z: torch.Tensor) -> object:
    from ganvas.models.batches import SynthesisRequest

    return SynthesisRequest(z, torch.zeros(len(z)).long(), torch.ones(len(z)))


def test_a_class_is_made_when_asked_for_and_else_belongs_to_the_seed(
    engine: Engine, bundles: dict[str, Bundle]
) -> None:
    by_class = [engine.generate(bundles["classes"], [5], label)[0] for label in range(3)]
    assert not near(by_class[0], by_class[1])
    assert near(engine.generate(bundles["classes"], [4, 5])[1], by_class[class_of_seed(5, 3)])
    assert {class_of_seed(seed, 3) for seed in range(30)} == {0, 1, 2}


def test_a_photo_is_prepared_as_the_training_pictures_were(
    engine: Engine, bundles: dict[str, Bundle], photo: Image.Image
) -> None:
    opened = bundles["paired"]
    data = opened.info.data
    target = prepare_image(photo, data.resolution, data.crop, data.channels)
    source = DEGRADATIONS["sketch"](target, np.random.default_rng(0))
    np.testing.assert_array_equal(prepare_source(opened, photo, prepared=False), source)
    request = TranslationRequest(to_float(source[None]), torch.zeros(1).long())
    expected = to_uint8(opened.load_family().generate(request)).numpy()[0]
    assert near(engine.translate(opened, photo), expected)


def test_a_drawing_is_taken_as_it_is(bundles: dict[str, Bundle]) -> None:
    drawing = Image.new("RGB", (400, 400), "white")
    drawing.paste((0, 0, 0), (180, 0, 220, 400))
    source = prepare_source(bundles["paired"], drawing, prepared=True)
    side = bundles["paired"].info.data.resolution
    assert source.shape == (side, side, 1)
    assert source[side // 2, 2] == 255
    assert source[side // 2, side // 2] < 10


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("plain", {"seeds": [1], "label": 0}, "no classes"),
        ("classes", {"seeds": [1], "label": 3}, "classes 0 to 2"),
        ("classes", {"seeds": [1], "label": -1}, "classes 0 to 2"),
        ("plain", {"seeds": [-1]}, "0 or more"),
        ("plain", {"seeds": [1], "psi": 0.5}, "no truncation"),
        ("paired", {"seeds": [1]}, "translates pictures"),
    ],
)
def test_what_a_bundle_cannot_do_is_one_sentence(
    engine: Engine, bundles: dict[str, Bundle], name: str, arguments: dict[str, object], said: str
) -> None:
    with pytest.raises(UserError, match=said):
        engine.generate(bundles[name], **arguments)  # type: ignore[arg-type]


def test_a_synthesis_bundle_does_not_translate(engine: Engine, bundles: dict[str, Bundle], photo: Image.Image) -> None:
    with pytest.raises(UserError, match="makes pictures from seeds"):
        engine.translate(bundles["plain"], photo)


def test_cancelled_work_never_runs_and_too_much_is_turned_away(engine: Engine, bundles: dict[str, Bundle]) -> None:
    opened = bundles["plain"]
    engine.generate(opened, [0])
    worker = engine._workers._workers[str(opened.path)]
    gate, ran = threading.Event(), []
    true_model = worker._loaded

    def counting(fields: dict[str, np.ndarray]) -> np.ndarray:
        ran.append(len(fields["z"]))
        return true_model(fields)

    worker._loaded = counting
    worker.submit(lambda model: gate.wait())  # something long is being worked on
    waiting = [engine.submit_generate(opened, [0] * (4 if turn == 3 else 1)) for turn in range(MAX_WAITING - 1)]
    with pytest.raises(BusyError, match="waiting"):
        engine.submit_generate(opened, [1])
    assert waiting[3].cancel()
    later = engine.submit_generate(opened, [1] * 9)
    gate.set()
    assert len(later.result()) == 9
    assert 4 not in ran
    with pytest.raises(CancelledError):
        waiting[3].result()


def test_loaded_bundles_keep_within_the_memory_given(bundles: dict[str, Bundle]) -> None:
    one = 2 * bundles["plain"].info.files["model.onnx"].bytes
    engine = Engine(memory=int(one * 1.5))
    try:
        first = engine.generate(bundles["plain"], [3])
        engine.generate(bundles["classes"], [3])
        assert engine.loaded == (bundles["classes"].fingerprint,)
        assert near(engine.generate(bundles["plain"], [3]), first)
        assert engine.loaded == (bundles["plain"].fingerprint,)
    finally:
        engine.close()


def test_a_bundle_exported_again_is_loaded_again(tmp_path: Path, engine: Engine) -> None:
    made = []
    for seed in (0, 1):
        torch.manual_seed(seed)
        family = FAMILIES["dcgan"](*FAMILIES["dcgan"].tiny(), 1.0)
        with torch.no_grad():
            for parameter in family.parameters():
                parameter.mul_(3)
        opened = write_bundle(tmp_path / "b", family, name="b", kimg=seed, onnx=False)
        made.append(engine.generate(opened, [0]))
    assert not near(made[0], made[1])


def test_many_threads_may_ask_at_once(engine: Engine, bundles: dict[str, Bundle]) -> None:
    expected = engine.generate(bundles["plain"], list(range(6)))
    got: dict[int, np.ndarray] = {}
    threads = [
        threading.Thread(target=lambda s=seed: got.update({s: engine.generate(bundles["plain"], [s])[0]}))
        for seed in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(near(got[seed], expected[seed]) for seed in range(6))


def test_the_spec_of_real_pairs_needs_no_degradation(bundles: dict[str, Bundle], photo: Image.Image) -> None:
    opened = bundles["paired"]
    data = DataSpec(resolution=32, degradation=None, source_channels=3)
    real = Bundle(opened.path, opened.info.model_copy(update={"data": data}), opened.fingerprint)
    np.testing.assert_array_equal(prepare_source(real, photo, prepared=False), prepare_image(photo, 32, data.crop, 3))
