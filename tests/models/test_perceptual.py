"""The eyes of perceptual terms: published numbers, gradients, and files that are not what they should be."""

from __future__ import annotations

import io
import os
import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from ganvas import weights
from ganvas.errors import UserError
from ganvas.models.networks import vgg
from ganvas.models.perceptual import (
    LPIPS,
    VGG16,
    AlexNet,
    Net,
    load_lpips,
    load_vgg16,
    lpips_weight,
    perceptual_loss,
    read_arrays,
)

# The authors' heads over torchvision's layers with the pinned weights: waves 0 and 1, waves 0 and the same paler.
ALEX, VGG = (0.11164452880620956, 0.001727005117572844), (0.4106910824775696, 0.004564477130770683)


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


def published(net: Net) -> LPIPS:
    """LPIPS with its weights; skipped where they are not on this machine, for tests fetch nothing."""
    name = lpips_weight(net).name
    if weights.find(name) is None:
        pytest.skip(f"the weights are not here: `ganvas weights fetch {name}` brings them")
    return load_lpips(net)


def waves(seed: int, side: int = 64) -> Tensor:
    """A smooth picture float [1, 3, side, side], the same on every machine."""
    y, x = np.mgrid[:side, :side] / side
    planes = [np.sin(7 * x * (c + 1 + seed) + 5 * y * (3 - c) + seed) for c in range(3)]
    return torch.from_numpy(np.stack(planes)[None].astype(np.float32))


# ── Published numbers ───────────────────────────────────────────────────────────────────────────────────────────────


def test_lpips_on_the_authors_pictures() -> None:
    """The figures that the authors' own script prints for their example: 0.722 and 0.138 (AlexNet, version 0.1)."""
    folder = Path(os.environ.get("GANVAS_LPIPS_PICTURES", "")) if "GANVAS_LPIPS_PICTURES" in os.environ else None
    if folder is None:
        pytest.skip("GANVAS_LPIPS_PICTURES names no folder with ex_ref.png, ex_p0.png and ex_p1.png")
    from PIL import Image

    pictures = [np.array(Image.open(folder / f"ex_{name}.png").convert("RGB")) for name in ("ref", "p0", "p1")]
    ref, p0, p1 = (torch.from_numpy(one).permute(2, 0, 1)[None] / 127.5 - 1 for one in pictures)
    metric = published("alex")
    assert metric(ref, p0).item() == pytest.approx(0.722, abs=5e-4)
    assert metric(ref, p1).item() == pytest.approx(0.138, abs=5e-4)


@pytest.mark.parametrize(("net", "expected"), [("alex", ALEX), ("vgg", VGG)])
def test_lpips_gives_the_numbers_of_the_authors_code(net: Net, expected: tuple[float, float]) -> None:
    """Expected values: the formula of the package ``lpips`` written out apart from ours, with its own heads' file."""
    metric = published(net)
    found = [metric(waves(0), waves(1)).item(), metric(waves(0), waves(0) * 0.8).item()]
    assert found == pytest.approx(expected, rel=1e-4)


def test_parameter_counts() -> None:
    """torchvision's networks without their fully connected layers."""
    with torch.device("meta"):
        assert sum(p.numel() for p in VGG16().parameters()) == 14_714_688
        assert sum(p.numel() for p in AlexNet().parameters()) == 2_469_696


# ── What holds for any weights ──────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def eye() -> VGG16:
    torch.manual_seed(0)
    return VGG16()


@pytest.mark.parametrize("net", ["alex", "vgg"])
def test_lpips_is_a_distance_one_number_a_pair(net: Net) -> None:
    torch.manual_seed(0)
    metric = LPIPS(net)
    a, b = torch.cat([waves(0, 32), waves(1, 32)]), torch.cat([waves(0, 32), waves(2, 32)])
    found = metric(a, b)
    assert found.shape == (2,)
    assert found[0] == 0
    assert found[1] > 0
    torch.testing.assert_close(metric(b, a), found)


@pytest.mark.parametrize("net", ["alex", "vgg"])
def test_gradients_reach_both_pictures_and_no_weight(net: Net) -> None:
    torch.manual_seed(0)
    metric = LPIPS(net).train()
    a, b = waves(0, 32).requires_grad_(), waves(1, 32).requires_grad_()
    metric(a, b).sum().backward()
    for picture in (a, b):
        assert picture.grad is not None
        assert picture.grad.abs().sum() > 0
    assert not any(parameter.requires_grad for parameter in metric.parameters())
    assert all(parameter.grad is None for parameter in metric.parameters())


def test_the_gradient_is_that_of_the_distance() -> None:
    torch.manual_seed(0)
    metric = LPIPS("alex").double()
    a, b = waves(0, 31).double().requires_grad_(), waves(1, 31).double()
    (gradient,) = torch.autograd.grad(metric(a, b).sum(), a)
    direction = torch.randn(a.shape, generator=torch.Generator().manual_seed(1)).double()
    step = 1e-6 * direction
    with torch.no_grad():
        change = (metric(a + step, b) - metric(a - step, b)).item() / 2
    assert change == pytest.approx((gradient * step).sum().item(), rel=1e-3)


def test_a_picture_without_any_activation_leaves_gradients_finite() -> None:
    metric = LPIPS("alex")
    with torch.no_grad():
        for parameter in metric.network.parameters():
            parameter.zero_()
    a = torch.zeros(1, 3, 32, 32, requires_grad=True)
    distance = metric(a, torch.ones(1, 3, 32, 32))
    distance.sum().backward()
    assert distance.item() == 0
    assert a.grad is not None
    assert a.grad.isfinite().all()


def test_layers_come_by_name_and_as_vgg_has_them(eye: VGG16) -> None:
    x = waves(0, 32)
    found = eye(x, ["relu2_1", "relu1_2"])
    assert list(found) == ["relu2_1", "relu1_2"]
    assert [tuple(one.shape) for one in found.values()] == [(1, 128, 16, 16), (1, 64, 32, 32)]
    shift, scale = (torch.tensor(row).view(3, 1, 1) for row in ([-0.030, -0.088, -0.188], [0.458, 0.448, 0.450]))
    by_hand = (x - shift) / scale
    for conv in list(eye.convs)[:2]:
        assert isinstance(conv, torch.nn.Conv2d)
        by_hand = F.conv2d(by_hand, conv.weight, conv.bias, padding=1).relu()
    torch.testing.assert_close(found["relu1_2"], by_hand)
    deep = eye(torch.zeros(1, 3, 16, 16), vgg.LAYERS)
    assert list(deep) == list(vgg.LAYERS)
    assert deep["relu5_3"].shape == (1, 512, 1, 1)


def test_nothing_beyond_the_deepest_layer_is_worked_out(eye: VGG16) -> None:
    seen: list[int] = []
    handles = [conv.register_forward_hook(lambda *_: seen.append(1)) for conv in eye.convs]
    eye(waves(0, 32), ["relu1_2", "relu3_1"])
    for handle in handles:
        handle.remove()
    assert len(seen) == 5


def test_grey_pictures_are_seen_as_three_alike(eye: VGG16) -> None:
    grey = waves(0, 32)[:, :1]
    torch.testing.assert_close(eye(grey, ["relu1_1"]), eye(grey.expand(-1, 3, -1, -1), ["relu1_1"]))


def test_the_perceptual_term_is_the_weighted_sum_of_layers(eye: VGG16) -> None:
    fake, real = waves(0, 32).requires_grad_(), waves(1, 32).requires_grad_()
    layers = ["relu1_1", "relu2_2"]
    a, b = eye(fake, layers), eye(real, layers)
    expected = 0.5 * (a["relu1_1"] - b["relu1_1"]).abs().mean() + 2 * (a["relu2_2"] - b["relu2_2"]).abs().mean()
    found = perceptual_loss(eye, fake, real, layers, [0.5, 2])
    torch.testing.assert_close(found, expected)
    squares = sum((a[layer] - b[layer]).square().mean() for layer in layers)
    torch.testing.assert_close(perceptual_loss(eye, fake, real, layers, distance="mse"), squares)
    found.backward()
    assert fake.grad is not None
    assert real.grad is None


def test_mistakes_of_the_caller_are_named(eye: VGG16) -> None:
    with pytest.raises(ValueError, match="no layer relu9_9"):
        eye(waves(0, 32), ["relu9_9"])
    with pytest.raises(ValueError, match="2 layers"):
        perceptual_loss(eye, waves(0, 32), waves(1, 32), ["relu1_1", "relu1_2"], [1.0])
    with pytest.raises(ValueError, match="31 pixels"):
        LPIPS("alex")(waves(0, 30), waves(1, 30))
    with pytest.raises(ValueError, match="one shape"):
        LPIPS("alex")(waves(0, 32), waves(1, 64))


def test_loaded_once_and_shared() -> None:
    published("vgg")
    assert load_vgg16() is load_vgg16()


# ── Files of weights ────────────────────────────────────────────────────────────────────────────────────────────────


def test_arrays_are_read_as_numpy_wrote_them(tmp_path: Path) -> None:
    tree = {"a": {"kernel": np.arange(24, dtype=np.float32).reshape(2, 3, 4)}, "b": np.float32([1.5])}
    path = tmp_path / "weights.ckpt"
    path.write_bytes(pickle.dumps(tree, protocol=3))
    found = read_arrays(path)
    np.testing.assert_array_equal(found["a"]["kernel"], tree["a"]["kernel"])  # type: ignore[index, call-overload]
    np.testing.assert_array_equal(found["b"], [1.5])


class Hostile:
    def __init__(self, call: object, *arguments: object) -> None:
        self.call, self.arguments = call, arguments

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return self.call, self.arguments


def test_a_pickle_that_runs_code_is_refused_and_not_run(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    path = tmp_path / "weights.ckpt"
    for call, arguments in [(os.mkdir, (str(trace),)), (eval, ("__import__('os').mkdir(" + repr(str(trace)) + ")",))]:
        path.write_bytes(pickle.dumps({"a": Hostile(call, *arguments)}, protocol=3))
        with pytest.raises(UserError, match="delete it and fetch it again"):
            read_arrays(path)
    assert not trace.exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a pickle",
        pickle.dumps({"a": np.zeros(9, np.float32)}, protocol=3)[:-30],
        pickle.dumps([1, 2]),
        pickle.dumps({"a": "text"}),
        pickle.dumps({"a": np.array([object()])}, protocol=3),
        pickle.dumps({"a": np.zeros(3, np.float64)}, protocol=3),
        pickle.dumps({"a": np.asfortranarray(np.zeros((2, 3), np.float32))}, protocol=3),
    ],
)
def test_anything_but_arrays_of_float32_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "weights.ckpt"
    path.write_bytes(content)
    with pytest.raises(UserError, match="is no file of weights"):
        read_arrays(path)


def test_a_file_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    honest = io.BytesIO()
    pickle.Pickler(honest, protocol=3).dump({"a": np.zeros((2, 3), np.float32)})
    path = tmp_path / "weights.ckpt"
    path.write_bytes(honest.getvalue().replace(b"K\x02K\x03\x86", b"K\x02K\x09\x86"))
    with pytest.raises(UserError, match="is no file of weights"):
        read_arrays(path)
