"""Bundles on the Hub, in S3 and in folders: published, fetched, rolled back, against real servers of this machine."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
import yaml
from support.hub_server import TOKEN, Hub, hub_server
from support.shared_folder import make_once

from ganvas.bundle import read_bundle, write_bundle
from ganvas.cli import main
from ganvas.models.families import build
from ganvas.spec import DataSpec

PROTOCOL = {"features": "effnet", "features_sha256": "ab", "resize": "bicubic", "real_count": 20, "fake_count": 16}
PROTOCOL |= {"pictures": "held_out"}


# The library's own, in its way of sending large files without Xet.
pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three models, ``faces-1`` to ``faces-3``; the third is the worst."""

    def make(folder: Path) -> None:
        for seed, value in ((1, 0.3), (2, 0.2), (3, 0.4)):
            torch.manual_seed(seed)
            family = build("dcgan", {"width": 4}, DataSpec(resolution=16), 1.0)
            metric = {"nimg": 32, "metric": "kid_effnet", "value": value, "protocol": PROTOCOL}
            credit = {"name": "Faces", "licence": "CC0-1.0"}
            write_bundle(
                folder / f"faces-{seed}",
                family.eval(),
                name="faces",
                kimg=0.032,
                metrics=[metric],
                credits=[credit],
                onnx=False,
            )

    return make_once(tmp_path_factory, "published-models", make)


@pytest.fixture(scope="module")
def hub() -> Iterator[Hub]:
    constants = pytest.importorskip("huggingface_hub.constants")
    with hub_server() as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_ENDPOINT", server.url)
        patch.setenv("HF_TOKEN", TOKEN)
        patch.setattr(constants, "HF_HUB_DISABLE_XET", True)  # Xet has servers of its own
        patch.setattr(constants, "HF_HUB_DISABLE_TELEMETRY", True)
        yield server


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """A real S3 server on this machine, with a bucket."""
    pytest.importorskip("s3fs")
    server = pytest.importorskip("moto.server").ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("ACCESS_KEY_ID", "test"), ("SECRET_ACCESS_KEY", "test"), ("DEFAULT_REGION", "us-east-1")):
            patch.setenv(f"AWS_{name}", value)
        server.start()
        host, port = server.get_host_and_port()
        patch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        import s3fs

        s3fs.S3FileSystem.clear_instance_cache()
        s3fs.S3FileSystem().mkdir("models")
        yield "s3://models/shelf"
        server.stop()
        s3fs.S3FileSystem.clear_instance_cache()


def publish(bundle: Path, to: str, *more: str) -> int:
    return main(["publish", str(bundle), "--to", to, *more])


def kept(place: Path, made: Path) -> int:
    """Which of the three models a bundle is."""
    found = read_bundle(place).fingerprint
    return next(seed for seed in (1, 2, 3) if read_bundle(made / f"faces-{seed}").fingerprint == found)


def test_a_repository_of_the_hub(made: Path, hub: Hub, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    address, bundles = "hf://team/faces", tmp_path / "bundles"
    better = ("--if-better", "kid_effnet")
    assert main(["pull", address, str(bundles)]) == 2
    assert "hf://team/faces does not exist or is not open to you" in capsys.readouterr().err
    assert publish(made / "faces-1", address, "--private", "--licence", "cc0-1.0", *better) == 0
    assert hub.private["team/faces"]
    commit, files = hub.files("team/faces", "main") or ("", {})
    assert sorted(files) == sorted(
        {file.name for file in (made / "faces-1").iterdir()} | {"README.md", ".gitattributes"}
    )
    front = yaml.safe_load(files["README.md"].decode().split("---\n")[1])
    assert (front["library_name"], front["license"], front["pipeline_tag"]) == (
        "ganvas",
        "cc0-1.0",
        "unconditional-image-generation",
    )
    assert front["model-index"][0]["results"][0]["metrics"][0]["type"] == "kid_effnet"
    assert main(["pull", address, str(bundles)]) == 0
    assert kept(bundles / "faces", made) == 1
    assert publish(made / "faces-1", address, *better) == 0
    assert "Nothing to do" in capsys.readouterr().out
    assert publish(made / "faces-3", address, *better) == 3
    assert publish(made / "faces-2", address, *better) == 0
    for expected in (1, 2):  # a rollback, and one of the rollback
        assert main(["rollback", address]) == 0
        assert main(["pull", address, str(bundles)]) == 0
        assert kept(bundles / "faces", made) == expected
    assert [title for _, title, _ in hub.commits["team/faces"]][-1].startswith("Roll back to")
    assert main(["pull", f"{address}@{commit}", str(bundles), "--name", "first"]) == 0
    assert kept(bundles / "first", made) == 1


def test_what_the_hub_refuses_is_one_sentence(
    made: Path, hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert publish(made / "faces-1", "hf://team") == 2
    assert "write hf://OWNER/NAME" in capsys.readouterr().err
    assert publish(made / "faces-1", "hf://team/other") == 0
    assert main(["rollback", "hf://team/other"]) == 2
    assert "`ganvas publish` has replaced none there" in capsys.readouterr().err
    assert main(["pull", "hf://team/other@gone", str(tmp_path)]) == 2
    assert "no such revision" in capsys.readouterr().err
    files = hub.commits["team/other"][-1][2]
    files["generator.safetensors"] = files["generator.safetensors"] + b"!"
    assert main(["pull", "hf://team/other", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert "generator.safetensors in bundle hf://team/other is not the file that was written" in said
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setenv("HF_TOKEN", "hf_wrong")
    assert publish(made / "faces-2", "hf://team/third") == 2
    assert "cannot be written without permission; sign in with `hf auth login`" in capsys.readouterr().err


@pytest.mark.filterwarnings("ignore::DeprecationWarning:botocore.*", "ignore::ResourceWarning")
def test_a_folder_of_s3(made: Path, bucket: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place, bundles = f"{bucket}/faces", tmp_path / "bundles"
    better = ("--if-better", "kid_effnet")
    assert main(["pull", place, str(bundles)]) == 2
    assert "There is no bundle at s3://models/shelf/faces" in capsys.readouterr().err
    assert publish(made / "faces-1", bucket, *better) == 0
    assert main(["rollback", place]) == 2
    assert publish(made / "faces-3", bucket, *better) == 3
    assert publish(made / "faces-2", bucket, *better) == 0
    assert publish(made / "faces-2", bucket, *better) == 0
    assert "Nothing to do" in capsys.readouterr().out
    for expected in (2, 1, 2):
        assert main(["pull", place, str(bundles)]) == 0
        assert kept(bundles / "faces", made) == expected
        assert main(["rollback", place]) == 0
    assert main(["rollback", str(bundles / "faces")]) == 0, "a fetched bundle keeps the one before it as well"
    assert kept(bundles / "faces", made) == 1
    assert publish(made / "faces-1", "s3://nowhere/shelf") == 2
    assert "s3://nowhere/shelf/faces cannot be" in capsys.readouterr().err


def test_a_folder_keeps_the_bundle_before(made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shelf = tmp_path / "shelf"
    assert main(["rollback", str(shelf / "faces")]) == 2
    assert "There is no published bundle" in capsys.readouterr().err
    for seed in (1, 2):
        assert publish(made / f"faces-{seed}", str(shelf)) == 0
    assert [place.name for place in shelf.iterdir() if place.name[0] != "."] == ["faces"]
    for expected in (1, 2):
        assert main(["rollback", str(shelf / "faces")]) == 0
        assert kept(shelf / "faces", made) == expected
    assert "Rolled back" in capsys.readouterr().out
    shutil.rmtree(shelf / "faces")
    assert main(["rollback", str(shelf / "faces")]) == 0, "the bundle before is all that is left"
    assert kept(shelf / "faces", made) == 1
    assert main(["pull", str(shelf / "faces"), str(tmp_path / "mine"), "--name", "copy"]) == 0
    assert kept(tmp_path / "mine" / "copy", made) == 1


def test_a_full_disk_loses_no_published_bundle(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shelf = tmp_path / "shelf"

    def full(source: Path, target: Path, **_: object) -> None:
        why = f"[Errno {errno.ENOSPC}] {os.strerror(errno.ENOSPC)}: '{target}'"
        raise shutil.Error([(str(source), str(target), why)])

    for seed in (1, 2):
        assert publish(made / f"faces-{seed}", str(shelf)) == 0
    monkeypatch.setattr(shutil, "copytree", full)
    assert publish(made / "faces-3", str(shelf)) == 2
    assert (
        "(No space left on device); the bundle that is there is unchanged; free some space" in capsys.readouterr().err
    )
    assert publish(made / "faces-3", str(tmp_path / "new")) == 2
    assert "cannot be written (No space left on device); free some space" in capsys.readouterr().err
    for expected in (1, 2):
        assert main(["rollback", str(shelf / "faces")]) == 0, "it copies nothing"
        assert kept(shelf / "faces", made) == expected


def test_a_studio_shows_what_is_published_and_rolled_back_without_a_restart(made: Path, tmp_path: Path) -> None:
    from support.studio import served_with

    from ganvas.serve.core.settings import StudioSettings

    shelf = tmp_path / "bundles"
    gate = ["gate", "--metric", "kid_effnet", "--at-most", "0.35"]
    assert main([*gate, str(made / "faces-1")]) == 0
    assert publish(made / "faces-1", str(shelf)) == 0
    with served_with(StudioSettings(bundles=shelf, runs=tmp_path / "runs")) as client:

        def shown() -> str:
            answer = client.post("/v1/bundles/faces/generate", json={"seeds": [1]})
            assert answer.status_code == 200, answer.text
            return str(answer.json()["images"][0]["data"])

        def values() -> list[float]:
            return [metric["value"] for metric in client.get("/v1/bundles/faces").json()["metrics"]]

        first = shown()
        assert values() == [0.3]
        assert main([*gate, str(made / "faces-3")]) == 3, "a model that the gate refuses is not published"
        assert main([*gate, str(made / "faces-2")]) == 0
        assert publish(made / "faces-2", str(shelf), "--if-better", "kid_effnet") == 0
        second = shown()
        assert values() == [0.2]
        assert second != first
        assert main(["rollback", str(shelf / "faces")]) == 0
        assert (shown(), values()) == (first, [0.3])
        assert [bundle["id"] for bundle in client.get("/v1/bundles").json()["bundles"]] == ["faces"]
