"""The frozen networks: the same numbers as the implementations their weights come from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from ganvas import weights
from ganvas.errors import UserError
from ganvas.models.features import (
    FEATURES,
    Features,
    load_features,
    missing_inception,
    resize_antialiased,
    resize_tensorflow1,
)
from ganvas.models.networks.efficientnet import EfficientNetLite0
from ganvas.models.networks.inception import InceptionV3

ANIMALS = Path(__file__).parents[3] / "shared" / "data" / "animals" / "val"


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def effnet() -> Features:
    return load_features("effnet")


def noise_and_ramp() -> Tensor:
    images = np.random.default_rng(0).integers(0, 256, (2, 224, 224, 3), dtype=np.uint8)
    images[1] = np.linspace(0, 255, 224).astype(np.uint8)[None, :, None]
    return torch.from_numpy(images)


def test_effnet_gives_the_numbers_of_the_package_its_weights_come_from(effnet: Features) -> None:
    """Expected values: ``efficientnet-lite-pytorch`` 0.1.0 on the same pixels, with the same weights."""
    features = effnet(noise_and_ramp())
    assert features.shape == (2, 1280)
    top = [[455, 113, 434, 413], [29, 71, 468, 689]]
    expected = [[5.478795, 4.794661, 3.825135, 3.592926], [4.566430, 4.147266, 4.142395, 4.114568]]
    torch.testing.assert_close(features.gather(1, torch.tensor(top)), torch.tensor(expected), rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(features.mean(1), torch.tensor([0.11579038, 0.09883802]), rtol=1e-4, atol=0)
    logits = effnet.classify(features)
    assert logits is not None
    assert logits.shape == (2, 1000)
    assert logits.argmax(1).tolist() == [21, 534]
    torch.testing.assert_close(logits.amax(1), torch.tensor([6.185863, 6.309102]), rtol=1e-4, atol=0)


@pytest.mark.shared_data
def test_effnet_knows_real_animals(effnet: Features) -> None:
    """The wrong normalisation gives about 0.22 here, BGR 0.15, the right recipe 0.43; chance is 0.001."""
    if not ANIMALS.is_dir():
        pytest.skip(f"{ANIMALS} is not on this machine")
    imagenet = {
        "dog-Yorkshire_terrier": 187,
        "wild-African_elephant": 386,
        "wild-king_penguin": 145,
        "wild-koala": 105,
        "wild-lesser_panda": 387,
        "wild-orangutan": 365,
    }
    found = []
    for name, label in imagenet.items():
        files = sorted((ANIMALS / name).iterdir())[:8]
        images = np.stack([np.asarray(Image.open(file).convert("RGB")) for file in files])
        logits = effnet.classify(effnet(torch.from_numpy(images)))
        assert logits is not None
        found += (logits.argmax(1) == label).tolist()
    assert sum(found) / len(found) > 0.4


def test_effnet_takes_any_size_and_grey(effnet: Features) -> None:
    grey = torch.randint(0, 256, (2, 40, 60, 1), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(effnet(grey), effnet(grey.expand(-1, -1, -1, 3)), rtol=1e-4, atol=1e-4)


def test_a_picture_has_the_same_features_in_any_batch(effnet: Features) -> None:
    images = noise_and_ramp()
    torch.testing.assert_close(effnet(images)[1:], effnet(images[1:]), rtol=1e-4, atol=1e-4)


def test_training_in_half_precision_does_not_change_the_figures(effnet: Features) -> None:
    images = noise_and_ramp()
    with torch.autocast("cpu", torch.bfloat16):
        inside = effnet(images)
    torch.testing.assert_close(inside, effnet(images))


def test_features_are_plain_tensors_on_the_cpu(effnet: Features) -> None:
    features = effnet(noise_and_ramp()[:1])
    assert not features.is_inference()
    assert not features.requires_grad
    assert features.dtype == torch.float32


@pytest.mark.parametrize(
    "images", [torch.zeros(1, 8, 8, 3), torch.zeros(1, 3, 8, 8).byte(), torch.zeros(8, 8, 3).byte()]
)
def test_pictures_in_another_form_are_a_mistake(effnet: Features, images: Tensor) -> None:
    with pytest.raises(ValueError, match="uint8"):
        effnet(images)


def test_parameter_counts() -> None:
    with torch.device("meta"):
        assert sum(p.numel() for p in EfficientNetLite0().parameters()) == 4_652_008
        # torchvision's Inception v3 without its auxiliary head has 23,834,568, with 1,000 outputs instead of 1,008.
        assert sum(p.numel() for p in InceptionV3().parameters()) == 23_834_568 + 8 * 2049


def test_inception_carries_the_names_of_the_published_file() -> None:
    with torch.device("meta"):
        names = set(InceptionV3().state_dict())
    learned = {name for name in names if not name.endswith("num_batches_tracked")}
    assert len(learned) == 94 * 5 + 2
    assert {
        "Conv2d_1a_3x3.conv.weight",
        "Conv2d_4a_3x3.bn.running_var",
        "Mixed_5b.branch5x5_2.conv.weight",
        "Mixed_5d.branch_pool.bn.bias",
        "Mixed_6a.branch3x3dbl_3.bn.running_mean",
        "Mixed_6e.branch7x7dbl_5.conv.weight",
        "Mixed_7a.branch7x7x3_4.conv.weight",
        "Mixed_7b.branch3x3dbl_3a.conv.weight",
        "Mixed_7c.branch3x3_2b.bn.weight",
        "fc.weight",
        "fc.bias",
    } <= learned


def pseudo_weights() -> dict[str, Tensor]:
    """Weights that anyone can draw again: numpy's generator, in the order of the sorted names."""
    with torch.device("meta"):
        shapes = {name: value.shape for name, value in InceptionV3().state_dict().items()}
    rng = np.random.default_rng(0)
    state = {}
    for name in sorted(name for name in shapes if not name.endswith("num_batches_tracked")):
        values = rng.standard_normal(tuple(shapes[name]), dtype=np.float32)
        if values.ndim >= 2:
            values *= np.float32((2 / np.prod(values.shape[1:])) ** 0.5)
        elif name.endswith(("running_var", "bn.weight")):
            values = 1 + np.abs(values) * np.float32(0.1)
        else:
            values *= np.float32(0.1)
        state[name] = torch.from_numpy(values)
    return state


@pytest.fixture
def inception_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file with the published network's names, put where a user would put it by hand."""
    path = tmp_path / "mine" / weights.WEIGHTS["inception"].file
    path.parent.mkdir()
    torch.save(pseudo_weights(), path)
    pinned = weights.WEIGHTS["inception"]
    pin = weights.Weight(
        "inception", weights.sha256_of(path), path.stat().st_size, pinned.licence, pinned.source, pinned.used_for
    )
    monkeypatch.setitem(weights.WEIGHTS, "inception", pin)
    monkeypatch.setenv("GANVAS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("GANVAS_WEIGHTS", str(path.parent))
    return path


def test_inception_computes_what_torch_fidelity_does(inception_file: Path) -> None:
    """Expected values: torch-fidelity 0.4.0's FID network, resizing included, with the same pseudo-random weights."""
    inception = load_features("auto")
    assert (inception.name, inception.dim, inception.resize) == ("inception", 2048, "bilinear-tensorflow1 299")
    assert inception.sha256 == weights.sha256_of(inception_file)
    assert missing_inception() is None
    image = np.random.default_rng(1).integers(0, 256, (1, 64, 64, 3), dtype=np.uint8)
    features = inception(torch.from_numpy(image))
    assert features.shape == (1, 2048)
    expected = torch.tensor([10.151781, 9.848292, 9.299606, 9.059605])
    torch.testing.assert_close(features[0, [496, 1990, 822, 1880]], expected, rtol=1e-4, atol=1e-4)
    assert float(features.mean()) == pytest.approx(1.2279978, rel=1e-4)
    assert float(features.std()) == pytest.approx(1.5943342, rel=1e-4)
    logits = inception.classify(features)
    assert logits is not None
    assert logits.shape == (1, 1008)
    expected = torch.tensor([8.614812, 8.048587, 7.846421])
    torch.testing.assert_close(logits[0, [158, 25, 838]], expected, rtol=1e-4, atol=1e-4)


def test_weights_that_do_not_fit_are_refused(inception_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = pseudo_weights()
    state["Mixed_8a.conv.weight"] = state.pop("fc.bias")
    torch.save(state, inception_file)
    pin = weights.WEIGHTS["inception"]
    changed = {**vars(pin), "sha256": weights.sha256_of(inception_file), "size": inception_file.stat().st_size}
    monkeypatch.setitem(weights.WEIGHTS, "inception", weights.Weight(**changed))
    with pytest.raises(UserError, match="do not fit InceptionV3"):
        load_features("inception-clean")


def test_without_the_fid_network_auto_is_effnet_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANVAS_CACHE", str(tmp_path))
    monkeypatch.delenv("GANVAS_WEIGHTS", raising=False)
    chosen = load_features("auto")
    assert (chosen.name, chosen.resize) == ("effnet", "bicubic-antialiased 224")
    assert "must not be compared" in (missing_inception() or "")
    with pytest.raises(UserError, match=", ".join(FEATURES)):
        load_features("resnet")


def test_antialiased_resizing_is_pillows() -> None:
    image = np.random.default_rng(0).integers(0, 256, (90, 70), dtype=np.uint8).astype(np.float32)
    ours = resize_antialiased(torch.from_numpy(image)[None, None], 31)[0, 0]
    pillow = np.asarray(Image.fromarray(image).resize((31, 31), Image.Resampling.BICUBIC))
    np.testing.assert_allclose(ours.numpy(), pillow, atol=0.05)


def test_tensorflow1_resizing_has_no_half_pixel_shift() -> None:
    """By hand: row [0, 10, 20] to four is read at 0, 0.75, 1.5 and 2.25; beyond the last pixel it repeats."""
    image = torch.tensor([0.0, 10.0, 20.0]).expand(1, 1, 3, 3)
    torch.testing.assert_close(resize_tensorflow1(image, 4)[0, 0, 0], torch.tensor([0.0, 7.5, 15.0, 20.0]))
    assert resize_tensorflow1(image.mT, 4)[0, 0, :, 0].tolist() == [0.0, 7.5, 15.0, 20.0]
