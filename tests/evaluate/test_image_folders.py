"""`ganvas evaluate` and `ganvas measure`, from the command to the files they leave."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ganvas.cli import main
from ganvas.weights import find

SMALL = ["train.batch_size=8", "train.workers=0", "train.tick_kimg=0.008", "model.width=4", "data.minimum=4"]
SMALL += ["data.resolution=32", "train.checkpoint_kimg=0.016", "evaluate.count=12", "data.held_out=0.25"]


def draw(folder: Path, names: str, *, side: int = 32, brighter: int = 0) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for index, name in enumerate(names):
        pixels = np.random.default_rng(index).integers(0, 200, (side, side, 3)) + brighter
        Image.fromarray(pixels.astype(np.uint8)).save(folder / f"{name}.png")
    return folder


def test_folders_of_one_name_are_compared_as_pairs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made, real = draw(tmp_path / "made", "abc", brighter=10), draw(tmp_path / "real", "abcd")
    assert main(["measure", str(made), str(real)]) == 0
    told = capsys.readouterr().out
    assert "28.13" in told  # 20 log10(255 / 10)
    assert "ssim_y" in told
    assert "kid" not in told


def test_two_files_are_a_pair_whatever_they_are_called(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, other = draw(tmp_path / "one", "a") / "a.png", draw(tmp_path / "other", "b", brighter=10) / "b.png"
    assert main(["measure", str(one), str(other), "--metrics", "psnr", "--border", "4"]) == 0
    told = capsys.readouterr().out
    assert "28.13" in told
    assert "border 4" in told


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["nowhere", "real"], "There is no"),
        (["empty", "real"], "no pictures in"),
        (["made", "real", "--metrics", "psmr"], "no metric called 'psmr'"),
        (["made", "other", "--metrics", "psnr"], "matched by name"),
        (["made", "large", "--metrics", "psnr"], "different sizes (32 × 32 and 40 × 40)"),
        (["made", "broken", "--metrics", "psnr"], "cannot be measured"),
        (["made", "real", "--metrics", "ms_ssim"], "at least 161 × 161"),
        (["made", "real", "--metrics", "psnr", "--border", "16"], "leaves nothing"),
    ],
)
def test_mistakes_are_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], says: str
) -> None:
    draw(tmp_path / "made", "ab")
    draw(tmp_path / "real", "ab")
    draw(tmp_path / "other", "xyz")
    draw(tmp_path / "large", "ab", side=40)
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "a.png").write_bytes(b"\x89PNG\r\n\x1a\nrubbish")
    assert main(["measure", *(str(tmp_path / word) for word in words[:2]), *words[2:]]) == 2
    complaint = capsys.readouterr().err
    assert says in complaint
    assert complaint.count("\n") == 1


def run_of(recipe: str, pictures: Path, folder: Path) -> Path:
    if find("efficientnet-lite0") is None or find("lpips-alexnet") is None or find("lpips-vgg16") is None:
        pytest.skip("the weights that look at pictures are not on this machine")
    sets = [part for change in SMALL for part in ("--set", change)]
    command = ["train", recipe, "-d", str(pictures), "--run", str(folder), "--kimg", "0.016", "--train-only", *sets]
    assert main(command) == 0
    return folder


def test_all_of_a_paired_model_by_one_command(
    pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = run_of("pix2pix-quick", pictures, tmp_path / "run")
    assert main(["evaluate", str(run), "--all"]) == 0
    lines = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    found = {line["metric"]: line for line in lines if not line.get("quick")}
    wanted = {"psnr", "psnr_y", "ssim", "ssim_y", "gmsd", "lpips_alex", "lpips_vgg", "kid_effnet", "fd_effnet"}
    assert wanted <= found.keys()
    assert found["psnr"]["protocol"]["pictures"] == "held_out"
    assert found["psnr"]["protocol"]["fake_count"] == 6
    page = (run / "evaluation" / "report.md").read_text()
    assert "held-out pictures" in page
    assert "`lpips_alex`" in page
    with Image.open(run / "evaluation" / "pairs-held_out.png") as sheet:
        assert sheet.width > 3 * 32
    assert "report.md" in capsys.readouterr().out

    # Its own folder is divided as in training; others are taken whole, and stay out of the run's own figures.
    assert main(["evaluate", str(run), "-d", str(pictures)]) == 0
    lines = (run / "metrics.jsonl").read_text().splitlines()
    assert json.loads(lines[-1])["protocol"]["fake_count"] == 6
    others = draw(tmp_path / "others", "abcdefgh")
    assert main(["evaluate", str(run), "-d", str(others), "--all"]) == 0
    assert (run / "metrics.jsonl").read_text().splitlines() == lines
    assert (run / "evaluation-others" / "pairs.png").is_file()
    assert "8 real and 8 generated pictures" in (run / "evaluation-others" / "report.md").read_text()


def test_all_of_a_synthesis_model_by_one_command(pictures: Path, tmp_path: Path) -> None:
    run = run_of("dcgan-quick", pictures, tmp_path / "run")
    shutil.rmtree(run / "evaluation", ignore_errors=True)
    assert main(["evaluate", str(run), "--all", "--quiet"]) == 0
    lines = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    parts = {(line["metric"], line["protocol"].get("pictures")): line["protocol"] for line in lines}
    memory = parts["mifd_effnet", "train"]
    assert {"memorization_distance", "real_distance", "threshold", "penalty"} <= memory.keys()
    assert ("mifd_effnet", "held_out") not in parts
    assert parts["diversity_lpips_alex", "train"]["real_value"] > 0
    page = (run / "evaluation" / "report.md").read_text()
    for file in ("made-train.png", "real-train.png", "nearest-train.png", "real-held_out.png"):
        assert f"({file})" in page
        assert (run / "evaluation" / file).is_file()
