"""Shards: there and back without loss, in a folder and on a real S3 server, and whole or not there at all."""

from __future__ import annotations

import gc
import io
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ganvas.curate.dataset.dataset import Dataset
from ganvas.curate.dataset.pack import pack
from ganvas.curate.dataset.shards import INDEX, fetch_shards, holds_shards, is_url, write_shards
from ganvas.errors import UserError


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GANVAS_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def packed(tmp_path: Path, count: int = 7, *, pairs: bool = False) -> Dataset:
    rng = np.random.default_rng(count)
    folders = ("source", "target") if pairs else ("train/cat", "train/dog", "test/cat", "test/dog")
    for folder in folders:
        for number in range(count):
            path = tmp_path / "in" / folder / f"{number}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(rng.integers(0, 256, (12, 12, 3)).astype(np.uint8)).save(path)
    return Dataset(pack(tmp_path / "in", tmp_path / "set.zip", resolution=8).path)


@pytest.mark.parametrize("pairs", [False, True])
def test_there_and_back_is_the_same_set(tmp_path: Path, pairs: bool) -> None:
    dataset = packed(tmp_path, pairs=pairs)
    size = 3
    written = write_shards(dataset, tmp_path / "shards", shard_size=size)
    assert written.shards == written.written == -(-len(dataset) // size)
    again = Dataset(fetch_shards(tmp_path / "shards"))
    assert again.sha256 == dataset.sha256
    assert again.items == dataset.items
    assert (again.classes, again.paired) == (dataset.classes, dataset.paired)
    assert (again.image(4) == dataset.image(4)).all()
    assert pack(tmp_path / "shards", resolution=8).count == len(dataset)
    assert pack(f"file://{tmp_path / 'shards'}", resolution=4).count == len(dataset)


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_shards_are_what_webdataset_reads(tmp_path: Path) -> None:
    wds = pytest.importorskip("webdataset")
    dataset = packed(tmp_path)
    write_shards(dataset, tmp_path / "shards", shard_size=10)
    tars = sorted(str(path) for path in (tmp_path / "shards").glob("*.tar"))
    rows = list(wds.WebDataset(tars, shardshuffle=False).decode("rgb8"))
    gc.collect()  # it leaves files open, which would be held against the next test
    assert len(rows) == len(dataset)
    for index in (0, 11, 27):
        assert (rows[index]["png"] == dataset.image(index)).all()
        assert rows[index]["json"]["class"] == dataset.classes[dataset.labels[index]]
        assert rows[index]["json"]["split"] == dataset.items[index].split


def test_writing_again_writes_only_what_is_missing(tmp_path: Path) -> None:
    dataset = packed(tmp_path)
    place = tmp_path / "shards"
    write_shards(dataset, place, shard_size=10)
    before = {path.name: path.read_bytes() for path in place.iterdir()}
    lost = sorted(path for path in place.glob("*.tar"))[1]
    lost.unlink()
    (place / INDEX).unlink()  # as a break in the middle leaves it
    with pytest.raises(UserError, match="writing it was not completed"):
        fetch_shards(place)
    assert write_shards(dataset, place, shard_size=10).written == 1
    assert {path.name: path.read_bytes() for path in place.iterdir()} == before


def test_another_set_is_not_overwritten(tmp_path: Path) -> None:
    write_shards(packed(tmp_path / "one", 2), tmp_path / "shards")
    before = (tmp_path / "shards" / INDEX).read_bytes()
    with pytest.raises(UserError, match="another data set"):
        write_shards(packed(tmp_path / "two", 3), tmp_path / "shards")
    assert (tmp_path / "shards" / INDEX).read_bytes() == before


def test_damage_is_found_and_mended(tmp_path: Path) -> None:
    dataset = packed(tmp_path)
    write_shards(dataset, tmp_path / "shards", shard_size=10)
    tar = min((tmp_path / "shards").glob("*.tar"))
    whole = tar.read_bytes()
    for broken in (whole[:3000], whole.replace(b"IDAT", b"IDOT"), b"", evil_tar()):
        tar.write_bytes(broken)
        with pytest.raises(UserError, match="is damaged"):
            fetch_shards(tmp_path / "shards")
    tar.unlink()
    with pytest.raises(UserError, match="lacks shards"):
        fetch_shards(tmp_path / "shards")
    tar.write_bytes(whole)
    assert Dataset(fetch_shards(tmp_path / "shards")).sha256 == dataset.sha256
    assert not list(tmp_path.glob("cache/shards/*/*.tar")), "nothing is left of the way"


def evil_tar() -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        entry = tarfile.TarInfo("00000000.png")
        entry.type, entry.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(entry)
    return content.getvalue()


def test_mistakes_are_one_sentence(tmp_path: Path) -> None:
    dataset = packed(tmp_path, 1)
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / INDEX).write_text("{}")
    (tmp_path / "file").write_text("x")
    for match, call in (
        ("is not valid", lambda: fetch_shards(tmp_path / "odd")),
        ("has no shards.json", lambda: fetch_shards(tmp_path / "nothing")),
        ("cannot be opened", lambda: fetch_shards("gopher2://x/y")),
        ("at least one", lambda: write_shards(dataset, tmp_path / "s", shard_size=0)),
        ("cannot be written", lambda: write_shards(dataset, tmp_path / "file" / "s")),
    ):
        with pytest.raises(UserError, match=match) as caught:
            call()
        assert "\n" not in str(caught.value)
        assert str(caught.value).endswith(".")


def test_addresses_are_told_from_paths(tmp_path: Path) -> None:
    assert is_url("s3://bucket/x")
    assert is_url(Path("s3://bucket/x")), "a Path swallows a slash"
    assert not is_url("/data/x")
    assert not is_url(tmp_path)
    assert not holds_shards(tmp_path)


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """A real S3 server on this machine, with a bucket."""
    pytest.importorskip("s3fs")
    server = pytest.importorskip("moto.server").ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test")):
            patch.setenv(name, value)
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        server.start()
        host, port = server.get_host_and_port()
        patch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        import s3fs

        s3fs.S3FileSystem().mkdir("pictures")
        yield "s3://pictures"
        server.stop()


@pytest.mark.filterwarnings("ignore::DeprecationWarning:botocore.*", "ignore::ResourceWarning")
def test_a_set_goes_to_s3_and_back(tmp_path: Path, s3: str) -> None:
    dataset = packed(tmp_path)
    written = write_shards(dataset, f"{s3}/set one", shard_size=10)
    assert (written.shards, written.written) == (3, 3)
    assert write_shards(dataset, f"{s3}/set one", shard_size=10).written == 0
    import s3fs

    system = s3fs.S3FileSystem()
    names = sorted(name.rsplit("/", 1)[1] for name in system.ls("pictures/set one", refresh=True))
    assert names[-1] == INDEX
    assert [shard["name"] for shard in json.loads(system.cat(f"pictures/set one/{INDEX}"))["shards"]] == names[:-1]
    # A Path, as the command line's options make of an address.
    report = pack(Path(f"{s3}/set one"), resolution=8)
    assert report.count == len(dataset)
    assert Dataset(report.path).sha256 == dataset.sha256
    system.rm("pictures/set one", recursive=True)
    with pytest.raises(UserError, match="has no shards"):
        pack(f"{s3}/set one", resolution=8)


@pytest.mark.filterwarnings("ignore::DeprecationWarning:botocore.*", "ignore::ResourceWarning")
def test_an_unknown_bucket_is_one_sentence(tmp_path: Path, s3: str) -> None:
    with pytest.raises(UserError, match="s3://nowhere") as caught:
        fetch_shards("s3://nowhere/set")
    assert "\n" not in str(caught.value)
    with pytest.raises(UserError, match="cannot be written"):
        write_shards(packed(tmp_path, 1), "s3://nowhere/set")
