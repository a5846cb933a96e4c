"""Runs, bundles, catalogues and the cache are never pictures of a source, at whatever entry."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from support.small_run import draw_pictures, train_command

from ganvas.cli import main
from ganvas.collect.ingest import Ingester, ingest_all
from ganvas.collect.local_files import items_of_upload
from ganvas.collect.session import CollectSession
from ganvas.curate.catalog import Catalog
from ganvas.curate.checks import run as checks_run
from ganvas.curate.dataset.dataset import Dataset
from ganvas.curate.dataset.pack import pack
from ganvas.curate.own_folders import REASON, files_below, own_folders_below
from ganvas.errors import UserError
from ganvas.paths import cache_dir

COUNT = 5


def _picture(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    seed = sum(map(ord, str(path)))
    Image.fromarray(np.random.default_rng(seed).integers(0, 256, (16, 16, 3), dtype=np.uint8)).save(path)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Five pictures, beside a run with its bundle, a bundle, two catalogues (one with its data elsewhere), a cache."""
    root = draw_pictures(tmp_path / "pictures", COUNT)
    run = root / "runs" / "first"
    for path in (
        run / "sheets" / "000000000.png",
        run / "bundle" / "preview.png",
        root / "models" / "a" / "preview.png",
    ):
        _picture(path)
    (run / "recipe.yaml").write_text("name: x\n")
    (run / "status.json").write_text("{}")
    (root / "models" / "a" / "bundle.json").write_text("{}")
    (root / "models" / "a" / "card.md").write_text("")
    with Catalog.open(root / "catalogue") as catalog:
        _picture(tmp_path / "other.png")
        ingest_all(items_of_upload(tmp_path / "other.png", "other.png"), Ingester(catalog))
    _picture(root / "elsewhere" / "store" / "ab" / "abcd.png")
    _picture(root / "cache" / "frames" / "0.png")
    monkeypatch.setenv("GANVAS_CACHE", str(root / "cache"))
    return root


OWN = {"runs/first": "run", "models/a": "bundle", "catalogue": "catalogue", "elsewhere": "catalogue", "cache": "cache"}


def test_packing_leaves_them_out_and_names_them_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = pack(folder, resolution=16)
    assert (report.count, report.classes, report.skipped) == (COUNT, (), [])
    assert {one.path: one.kind for one in report.own_folders} == OWN
    assert {one.path: one.kind for one in pack(folder, resolution=16).own_folders} == OWN, "also when nothing is read"
    assert main(["pack", str(folder), "--resolution", "16"]) == 0
    said = capsys.readouterr().out
    assert said.count("Ganvas itself wrote") == 1
    assert "5 folders were left out" in said


def test_training_twice_in_the_folder_of_pictures_trains_on_the_same_pictures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(draw_pictures(tmp_path / "pictures"))
    for _ in range(2):
        assert main(train_command(Path(), "--kimg", "0.008")) == 0
    assert "8 pictures were packed already" in capsys.readouterr().out


@pytest.mark.parametrize("kind", ["folder", "zip", "gztar"])
def test_collecting_counts_them(folder: Path, tmp_path: Path, kind: str) -> None:
    source = folder
    if kind != "folder":
        shutil.rmtree(folder / "cache")  # in an archive a cache is a folder like any other
        shutil.rmtree(folder / "elsewhere")
        source = Path(shutil.make_archive(str(tmp_path / "all"), kind, folder))
    with Catalog.open(tmp_path / "new") as catalog:
        ingester = Ingester(catalog)
        CollectSession(ingester).files(source)
        assert (ingester.counts.taken, len(catalog)) == (COUNT, COUNT)
        assert ingester.counts.refused[REASON].count == (5 if kind == "folder" else 3)


def test_curate_takes_only_the_pictures_and_says_so(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        checks_run, "check_all", lambda *arguments, **options: checks_run.CheckSummary(0, 0, 0, 0, (), 0)
    )
    assert main(["curate", str(folder), "--catalog", str(tmp_path / "new")]) == 0
    said = capsys.readouterr().out
    assert f"{COUNT} pictures added" in said
    assert said.count("Ganvas itself wrote") == 1


def test_a_zip_leaves_them_out(folder: Path, tmp_path: Path) -> None:
    shutil.rmtree(folder / "cache")
    shutil.rmtree(folder / "elsewhere")
    report = pack(shutil.make_archive(str(tmp_path / "all"), "zip", folder), resolution=16)
    assert report.count == COUNT
    assert {one.path for one in report.own_folders} == {"runs/first", "models/a", "catalogue"}


def test_commands_that_read_pictures_leave_them_out(folder: Path) -> None:
    assert [path.name for path in files_below(folder)] == [f"{number}.png" for number in range(COUNT)]
    assert {Path(one.path).relative_to(folder).as_posix() for one in own_folders_below(folder)} == OWN.keys()


def test_measuring_says_it(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(folder, tmp_path / "copy", ignore=shutil.ignore_patterns(*(path.split("/")[0] for path in OWN)))
    assert main(["measure", str(folder), str(tmp_path / "copy"), "--metrics", "psnr"]) == 0
    assert "5 folders were left out" in capsys.readouterr().out


@pytest.mark.parametrize("kind", ["run", "bundle", "cache"])
def test_one_of_them_by_itself_is_refused(folder: Path, tmp_path: Path, kind: str) -> None:
    path = folder / next(path for path, own in OWN.items() if own == kind)
    with Catalog.open(tmp_path / "new") as catalog:
        for use in (lambda: pack(path, resolution=16), lambda: CollectSession(Ingester(catalog)).files(path)):
            with pytest.raises(UserError, match="of Ganvas, not a folder of pictures"):
                use()


def test_an_archive_of_a_run_is_refused(folder: Path, tmp_path: Path) -> None:
    archive = shutil.make_archive(str(tmp_path / "run"), "zip", folder / "runs" / "first")
    with pytest.raises(UserError, match="holds a run of Ganvas"):
        pack(archive, resolution=16)


def test_a_catalogue_is_packed_not_collected(folder: Path, tmp_path: Path) -> None:
    with Catalog.open(tmp_path / "new") as catalog, pytest.raises(UserError, match="ganvas pack"):
        CollectSession(Ingester(catalog)).files(folder / "catalogue")


def test_a_folder_in_the_cache_may_be_named(folder: Path) -> None:
    assert cache_dir() == folder / "cache"
    assert len(Dataset(pack(folder / "cache" / "frames", resolution=16).path)) == 1


def test_other_folders_with_one_such_name_are_sources(tmp_path: Path) -> None:
    root = draw_pictures(tmp_path / "pictures", 3)
    for name in ("recipe.yaml", "bundle.json"):
        draw_pictures(root / name.split(".")[0], 2)
        (root / name.split(".")[0] / name).write_text("")
    draw_pictures(root / "shop" / "store", 2)
    assert len(files_below(root)) == 3 + 2 + 1 + 2 + 1 + 2
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(root / "0.png", "0.png")
        archive.write(root / "0.png", "recipe/1.png")
        archive.writestr("recipe/recipe.yaml", "")
    assert pack(tmp_path / "a.zip", resolution=16).count == 2
