"""BigGAN-PyTorch checkpoints come in, and files that are none are refused in one sentence."""

from __future__ import annotations

import contextlib
import importlib
import io
import os
import pickle
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from support.published_biggan import biggan, published
from support.requests import example_request

from ganvas.errors import UserError
from ganvas.models.batches import SynthesisRequest
from ganvas.models.families.biggan import BigGAN
from ganvas.models.imports import read as read_file
from ganvas.models.imports.biggan import recognises


@pytest.fixture(autouse=True)
def _seed() -> None:
    torch.manual_seed(0)


def read(path: Path, **options: Any) -> BigGAN:
    family = read_file(path, **options).family
    assert isinstance(family, BigGAN)
    return family


def save(path: Path, state: object, *, old: bool = False) -> Path:
    torch.save(state, path, _use_new_zipfile_serialization=not old)
    return path


@pytest.mark.parametrize(
    "model", [{}, {"hierarchical": False}, {"hierarchical": False, "shared_dim": 0}, {"attention": []}]
)
@pytest.mark.parametrize("resolution", [32, 64])
def test_settings_and_weights_are_read_back(tmp_path: Path, model: dict[str, Any], resolution: int) -> None:
    family = biggan(resolution, **model)
    generator = save(tmp_path / "G_ema.pth", published(family))
    judge = save(tmp_path / "D.pth", published(family, "discriminator"))
    assert {"blocks.0.0.bn1.stored_mean", "output_layer.0.gain"} < set(published(family))
    copy = read(generator, discriminator=judge)
    assert copy.data.resolution == resolution
    assert copy.z_dim == family.z_dim
    assert copy.data.classes == ("0", "1", "2")
    request = example_request(family, 3)
    with torch.no_grad():
        torch.testing.assert_close(copy.generate(request), family.generate(request), atol=1e-6, rtol=0)
        x = torch.randn(3, 3, resolution, resolution)
        torch.testing.assert_close(copy.discriminator(x, request.y), family.discriminator(x, request.y))


def test_old_files_and_parallel_ones_are_read(tmp_path: Path) -> None:
    family = biggan()
    state = {f"module.{key}": value for key, value in published(family).items()}
    copy = read(save(tmp_path / "G.pth", state, old=True), classes=("cat", "dog", "owl"))
    request = example_request(family, 2)
    torch.testing.assert_close(copy.generate(request), family.generate(request), atol=1e-6, rtol=0)
    assert copy.data.classes == ("cat", "dog", "owl")


class _Hostile:
    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.system, ("touch hostile",)


@pytest.mark.parametrize("old", [False, True])
def test_a_file_that_would_run_code_is_not_opened(tmp_path: Path, old: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    state = published(biggan()) | {"extra": _Hostile()}
    with pytest.raises(UserError, match=r"may run code.*\.$"):
        read(save(tmp_path / "G.pth", state, old=old))
    (tmp_path / "bare.pth").write_bytes(pickle.dumps(_Hostile()))
    with pytest.raises(UserError, match="may run code"):
        read(tmp_path / "bare.pth")
    assert not (tmp_path / "hostile").exists()


@pytest.mark.parametrize("old", [False, True])
@pytest.mark.parametrize("share", [0.0, 0.2, 0.6, 0.99])
def test_a_truncated_file_is_refused(tmp_path: Path, old: bool, share: float) -> None:
    path = save(tmp_path / "G.pth", published(biggan()), old=old)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(UserError, match=r"\.$"):
        read(path)


def test_what_is_no_such_generator_is_refused(tmp_path: Path) -> None:
    family = biggan()
    state = published(family)

    def refused(state: object, sentence: str) -> None:
        with pytest.raises(UserError, match=sentence) as error:
            read(save(tmp_path / "file.pth", state))
        assert "\n" not in str(error.value)

    refused(published(family, "discriminator"), "no weights of a kind")
    refused({"config": {"a": 1}}, "no weights of a kind")
    refused([torch.zeros(1)], "no weights of a kind")
    refused({key: value for key, value in state.items() if "conv_sc" not in key}, "incomplete")
    refused({key: value for key, value in state.items() if not key.startswith("blocks.2")}, "lacks")
    refused(state | {"blocks.0.0.conv3.weight": torch.zeros(1)}, "no place")
    refused(state | {"linear.bias": torch.full_like(state["linear.bias"], float("nan"))}, "not finite")
    refused(state | {"linear.bias": torch.zeros(3)}, "does not fit")
    with pytest.raises(UserError, match="3 classes, but 2"):
        read(save(tmp_path / "G.pth", state), classes=("a", "b"))
    with pytest.raises(UserError, match="no file"):
        read(tmp_path / "absent.pth")
    (tmp_path / "text.pth").write_text("hello")
    with pytest.raises(UserError, match="no weights of a kind"):
        read(tmp_path / "text.pth")


def test_only_generators_are_recognised() -> None:
    family = biggan()
    assert recognises(published(family))
    assert not recognises(published(family, "discriminator"))
    assert not recognises([1, 2])


@pytest.mark.parametrize(
    ("resolution", "settings"),
    [
        (128, {"G_shared": True, "dim_z": 128, "shared_dim": 128, "G_attn": "64"}),
        (128, {"G_shared": True, "hier": True, "dim_z": 120, "shared_dim": 128, "G_attn": "64"}),
        (64, {"G_shared": True, "hier": True, "dim_z": 128, "shared_dim": 128, "G_attn": "32"}),
        (32, {"G_shared": True, "dim_z": 128, "shared_dim": 128, "G_attn": "0"}),
        (32, {"G_shared": False, "dim_z": 128, "G_attn": "0"}),
    ],
)
def test_the_answers_are_the_references(tmp_path: Path, resolution: int, settings: dict[str, Any]) -> None:
    """Against a checkout of github.com/ajbrock/BigGAN-PyTorch, at the path in ``GANVAS_BIGGAN_PYTORCH``."""
    checkout = os.environ.get("GANVAS_BIGGAN_PYTORCH")
    if not checkout:
        pytest.skip("GANVAS_BIGGAN_PYTORCH names no checkout of BigGAN-PyTorch")
    sys.path.insert(0, checkout)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            reference = importlib.import_module("BigGAN")
            sizes = {"resolution": resolution, "n_classes": 10, "SN_eps": 1e-6}
            g = reference.Generator(G_ch=16, no_optim=True, **sizes, **settings).eval()
            d = reference.Discriminator(D_ch=16, D_attn=settings["G_attn"], **sizes).eval()
    finally:
        sys.path.remove(checkout)
    for name, tensor in [*g.named_parameters(), *g.named_buffers(), *d.named_parameters()]:
        if name.endswith("gamma"):
            tensor.data.fill_(0.7)
        elif name.endswith("stored_mean"):
            tensor.normal_(0, 0.3)
        elif name.endswith("stored_var"):
            tensor.uniform_(0.5, 2)
    family = read(save(tmp_path / "G.pth", g.state_dict()), discriminator=save(tmp_path / "D.pth", d.state_dict()))
    z, y = torch.randn(3, family.z_dim), torch.tensor([0, 4, 9])
    with torch.no_grad():
        wanted = g(z, g.shared(y))
        assert (family.generate(SynthesisRequest(z, y, torch.ones(3))) - wanted).abs().max() < 1e-4
        assert (family.discriminator(wanted, y) - d(wanted, y)[:, 0]).abs().max() < 1e-4
