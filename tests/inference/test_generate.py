"""What one does with a trained model, by the command line: pictures, sheets, films, projections, neighbours."""

from __future__ import annotations

import zipfile
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from ganvas.apps import latent_space as space_of
from ganvas.apps.latent_space import LatentPoint, blend, latents_of, load_latent, parse_points, point_of_seed
from ganvas.apps.latent_walks import mix, walk
from ganvas.apps.nearest_neighbours import Compared, Space, TrainingPictures, neighbour_sheet
from ganvas.apps.projection import project, psnr
from ganvas.apps.sefa import directions, move
from ganvas.bundle import read_bundle, write_bundle
from ganvas.cli import main
from ganvas.curate.dataset.dataset import Dataset
from ganvas.curate.dataset.pack import pack
from ganvas.errors import UserError
from ganvas.inference.images import ImageOptions, ImageStream, NamedImage, make_images, write_images
from ganvas.inference.load import load_model
from ganvas.models.capabilities import HasStandingStatistics
from ganvas.models.families import FAMILIES
from ganvas.models.family import Family
from ganvas.weights import find

CLASSES = ("cat", "dog", "owl")


def fresh(name: str, classes: tuple[str, ...] = ()) -> Family:
    config, data = FAMILIES[name].tiny()
    torch.manual_seed(0)
    return FAMILIES[name](config, data.model_copy(update={"classes": classes}), 1.0).eval()


@pytest.fixture(scope="module")
def style() -> Family:
    return fresh("stylegan2")


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("models")
    for name, classes in (("stylegan2", ()), ("biggan", CLASSES), ("dcgan", CLASSES)):
        family = fresh(name, classes)
        if isinstance(family, HasStandingStatistics):
            family.measure_standing_statistics()
        write_bundle(root / name, family, name=name, kimg=1, onnx=False)
    return {path.name: path for path in root.iterdir()}


def pixels(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"), np.int16)


def refused(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """The one sentence with which a command is refused."""
    assert main([str(argument) for argument in arguments]) == 2
    told = capsys.readouterr().err.strip()
    assert "\n" not in told
    return told


# ── Pictures, many of them ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_zip_is_written_as_pictures_come_and_appears_when_whole(tmp_path: Path) -> None:
    seen: list[bool] = []
    alive = 0

    class Counted(np.ndarray):
        def __del__(self) -> None:
            nonlocal alive
            alive -= 1

    most = 0

    def endless() -> object:
        nonlocal alive, most
        for number in range(200):
            alive += 1
            most = max(most, alive)
            seen.append((tmp_path / "out.zip").exists())
            yield NamedImage(f"{number}", np.full((4, 4, 3), number, np.uint8).view(Counted))

    told: list[tuple[int, int]] = []
    done = write_images(
        ImageStream(200, endless()),  # type: ignore[arg-type]
        tmp_path / "out.zip",
        progress=lambda *count: told.append(count),
    )
    assert done.pictures == 200
    assert told[-1] == (200, 200)
    assert not any(seen)
    assert most <= 3  # pictures do not pile up
    with zipfile.ZipFile(done.path) as archive:
        assert len(archive.namelist()) == 200


def test_an_interrupted_zip_leaves_the_old_one(tmp_path: Path) -> None:
    def broken() -> object:
        yield NamedImage("one", np.zeros((4, 4, 3), np.uint8))
        raise KeyboardInterrupt

    (tmp_path / "out.zip").write_bytes(b"old")
    with pytest.raises(KeyboardInterrupt):
        write_images(ImageStream(2, broken()), tmp_path / "out.zip")  # type: ignore[arg-type]
    assert [path.name for path in tmp_path.iterdir()] == ["out.zip"]
    assert (tmp_path / "out.zip").read_bytes() == b"old"


def test_many_pictures_are_of_all_classes_alike(models: dict[str, Path], tmp_path: Path) -> None:
    assert main(["generate", str(models["dcgan"]), "--count", "90", "--zip", "-o", str(tmp_path / "all"), "-q"]) == 0
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        names = archive.namelist()
    assert Counter(name.split("-")[1] for name in names) == {"cat.png": 30, "dog.png": 30, "owl.png": 30}


def test_a_balanced_set_has_a_folder_for_each_class(models: dict[str, Path], tmp_path: Path) -> None:
    out = tmp_path / "set"
    assert main(["generate", str(models["dcgan"]), "--per-class", "4", "-o", str(out), "-q"]) == 0
    assert {path.name: len(list(path.iterdir())) for path in out.iterdir()} == dict.fromkeys(CLASSES, 4)
    assert len({path.name for path in out.rglob("*.png")}) == 12  # no seed comes twice
    packed = pack(out, tmp_path / "packed.zip", resolution=16)
    assert packed.classes == CLASSES


def test_a_seed_has_its_class_wherever_one_begins(models: dict[str, Path]) -> None:
    family = load_model(models["dcgan"]).family
    one = next(make_images(family, ImageOptions(count=1, seed=4)).images)
    other = list(make_images(family, ImageOptions(count=5)).images)[4]
    assert one.name == other.name
    assert np.array_equal(one.pixels, other.pixels)


# ── Places and ways ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_places_are_read(tmp_path: Path) -> None:
    family = fresh("dcgan", CLASSES)
    found = parse_points("1, 4-6:owl,7:0", family)
    assert [(place.seed, place.label) for place in found] == [(1, 1), (4, 2), (5, 2), (6, 2), (7, 0)]
    for wrong in ("x", "3-1", "1:cow", "-1", "", "gone.safetensors"):
        with pytest.raises(UserError):
            parse_points(wrong, family)


def test_z_turns_on_its_sphere_and_w_goes_straight(style: Family) -> None:
    plain = fresh("dcgan")
    ends = latents_of(plain, [point_of_seed(plain, 1), point_of_seed(plain, 2)])
    way = blend(plain, ends[0], ends[1], torch.tensor([0.0, 0.5, 1.0]))
    assert torch.allclose(way[0], ends[0], atol=1e-5)
    assert torch.allclose(way[2], ends[1], atol=1e-5)
    lengths = ends.norm(dim=2).flatten()
    assert lengths.min() * 0.9 < way[1].norm() < lengths.max() * 1.1  # a straight line's middle is far inside
    ends = latents_of(style, [point_of_seed(style, 1), point_of_seed(style, 2)])
    assert torch.allclose(blend(style, ends[0], ends[1], torch.tensor([0.5]))[0], ends.mean(0))


def test_a_loop_has_no_seam(style: Family) -> None:
    ends = latents_of(style, [point_of_seed(style, seed) for seed in range(3)])
    assert len(walk(style, ends, 5)) == 11
    loop = walk(style, ends, 5, loop=True)
    assert len(loop) == 15
    gaps = (torch.cat([loop[1:], loop[:1]]) - loop).flatten(1).norm(dim=1)
    assert float(gaps.min()) > 0  # the first frame is not shown twice in a row


def test_mixing_takes_the_columns_layers(style: Family) -> None:
    left = latents_of(style, [point_of_seed(style, seed) for seed in (0, 1)])
    top = latents_of(style, [point_of_seed(style, seed) for seed in (2, 3, 4)])
    mixed = mix(style, left, top, range(1, 3))
    assert mixed.shape[:2] == (2, 3)
    assert torch.equal(mixed[1, 2, 1:3], top[2, 1:3])
    assert torch.equal(mixed[1, 2, 3:], left[1, 3:])
    assert torch.equal(mixed[1, 2, 0], left[1, 0])


@pytest.mark.parametrize("name", ["stylegan2", "biggan"])
def test_sheets_are_written(name: str, models: dict[str, Path], tmp_path: Path) -> None:
    model = str(models[name])
    for command in (
        ["grid", model, "--seeds", "0-2", "--psi", "0.5,0.7,1"],
        ["grid", model, "--seeds", "0-2"],
        ["interpolate", model, "--between", "0,1", "--steps", "2"],
        ["mix", model, "--rows", "0,1", "--columns", "2,3"],
        ["directions", model, "--count", "2", "--strengths", "-2,0,2"],
    ):
        target = tmp_path / f"{len(list(tmp_path.iterdir()))}.png"
        assert main(["generate", *command, "-o", str(target), "-q"]) == 0
        assert pixels(target).std() > 1


def test_films_are_written(models: dict[str, Path], tmp_path: Path) -> None:
    av = pytest.importorskip("av")
    film, moving = tmp_path / "a.mp4", tmp_path / "a.gif"
    command = ["generate", "interpolate", str(models["biggan"]), "--between", "0:cat,0:dog", "--steps", "3", "-q"]
    assert main([*command, "--loop", "-o", str(film)]) == 0
    with av.open(str(film)) as opened:
        frames = [frame.to_ndarray(format="rgb24") for frame in opened.decode(video=0)]
    assert len(frames) == 6
    assert frames[0].shape == (256, 256, 3)
    assert main([*command, "-o", str(moving)]) == 0
    with Image.open(moving) as opened:
        assert opened.n_frames == 4
    mixed = ["generate", "mix", str(models["stylegan2"]), "--rows", "0", "--columns", "1,2", "--steps", "2", "-q"]
    assert main([*mixed, "-o", str(tmp_path / "m.gif")]) == 0


def test_what_makes_no_sense_is_refused_in_a_sentence(
    models: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    style, plain = models["stylegan2"], models["dcgan"]
    assert "no truncation" in refused(capsys, "generate", "interpolate", plain, "--psi", "0.5")
    assert "one layer" in refused(capsys, "generate", "mix", plain)
    assert "two or more" in refused(capsys, "generate", "interpolate", style, "--between", "1")
    assert "has no classes" in refused(capsys, "generate", style, "--per-class", "3")
    assert "ends in" in refused(capsys, "generate", "interpolate", style, "-o", "a.webm")
    assert "0-5" in refused(capsys, "generate", "mix", style, "--layers", "3-9")
    assert "number" in refused(capsys, "generate", "directions", style, "--strengths", "much")
    assert "--data" in refused(capsys, "generate", "neighbours", style)
    (tmp_path / "text.png").write_text("no picture")
    assert "give a picture" in refused(capsys, "generate", "project", style, tmp_path / "text.png")
    assert "There is no folder" in refused(capsys, "generate", "grid", tmp_path / "gone")


# ── Projection ──────────────────────────────────────────────────────────────────────────────────────────────────────


def pyramid(a: Tensor, b: Tensor) -> Tensor:
    """A cheap stand-in for LPIPS: differences at three scales."""
    total = torch.zeros(len(a))
    for _ in range(3):
        total = total + (a - b).abs().mean((1, 2, 3))
        a, b = F.avg_pool2d(a, 2), F.avg_pool2d(b, 2)
    return total


@pytest.mark.parametrize("space", ["shared", "layers"])
def test_what_was_generated_is_found_again(style: Family, space: str) -> None:
    before = {key: value.clone() for key, value in style.state_dict().items()}
    target, other = space_of.pictures(style, latents_of(style, [point_of_seed(style, 12345), point_of_seed(style, 1)]))
    steps = list(project(style, target, pyramid, steps=120, space=space))  # type: ignore[arg-type]
    found = next(space_of.pictures(style, steps[-1].latent[None]))
    assert psnr(found, target) > 28
    assert psnr(found, target) > psnr(other, target) + 10
    assert all(torch.equal(value, before[key]) for key, value in style.state_dict().items())  # noise maps as well
    if space == "shared":
        assert torch.equal(steps[-1].latent[0], steps[-1].latent[-1])


def test_z_is_found_near_its_sphere() -> None:
    family = fresh("biggan", CLASSES)
    assert isinstance(family, HasStandingStatistics)
    family.measure_standing_statistics()
    with torch.no_grad():
        for parameter in family.parameters():
            if parameter.ndim > 1:
                parameter.mul_(2)
    target = next(space_of.pictures(family, latents_of(family, [point_of_seed(family, 12345, 1)])))
    first, *_, last = project(family, target, pyramid, steps=60)
    assert last.distance < first.distance
    assert psnr(next(space_of.pictures(family, last.latent[None])), target) > 20


@pytest.mark.slow
@pytest.mark.skipif(find("lpips-vgg16") is None, reason="the weights of LPIPS are not here")
def test_a_projection_by_command_can_be_walked_to(models: dict[str, Path], tmp_path: Path) -> None:
    model, out = str(models["stylegan2"]), tmp_path / "found"
    assert main(["generate", model, "--count", "1", "--seed", "12345", "-o", str(tmp_path), "-q"]) == 0
    photograph = tmp_path / "seed012345.png"
    assert main(["generate", "project", model, str(photograph), "--steps", "60", "-o", str(out), "-q"]) == 0
    found, target = (pixels(path).astype(np.uint8) for path in (out / "projection.png", photograph))
    assert psnr(found, target) > 18
    assert pixels(out / "sheet.png").shape[0] > 96
    family = read_bundle(models["stylegan2"]).load_family()
    again = next(space_of.pictures(family, load_latent(out / "latent.safetensors", family)[None]))
    assert np.abs(again.astype(int) - found).max() <= 1
    walked = ["interpolate", model, "--between", f"1,{out / 'latent.safetensors'}", "-o", str(tmp_path / "w.png")]
    assert main(["generate", *walked, "-q"]) == 0
    with pytest.raises(UserError, match="does not fit"):
        load_latent(out / "latent.safetensors", fresh("dcgan"))


# ── Directions and neighbours ───────────────────────────────────────────────────────────────────────────────────────


def test_directions_are_those_that_change_most(style: Family) -> None:
    known = directions(style)
    shares = [direction.share for direction in known.found]
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) == pytest.approx(1)
    units = torch.stack([F.normalize(direction.step, dim=0) for direction in known.found])
    assert torch.allclose(units @ units.t(), torch.eye(len(units)), atol=1e-4)
    rows = F.normalize(torch.cat(style.sefa_weights()), dim=1)
    changes = (units @ rows.t()).norm(dim=1)
    assert torch.all(changes[:-1] >= changes[1:] - 1e-4)
    start = latents_of(style, [point_of_seed(style, 0)])
    some = directions(style, range(1, 3), 2)
    moved = move(start, some, [(1, 2.0)])
    assert torch.equal(moved[:, 0], start[:, 0])
    assert torch.allclose(moved[0, 1] - start[0, 1], 2 * some.found[1].step, atol=1e-6)
    with pytest.raises(UserError, match="no direction 2"):
        move(start, some, [(2, 1.0)])


def test_directions_of_z_leave_the_class_alone() -> None:
    family = fresh("dcgan", CLASSES)
    known = directions(family)
    assert all(not direction.step[family.z_dim :].any() for direction in known.found)


class Averages:
    """Features that are plain to see: the picture at 4 × 4."""

    name, dim, sha256, resize = "averages", 48, "0" * 64, "none"

    def __call__(self, images: Tensor) -> Tensor:
        return F.adaptive_avg_pool2d(images.permute(0, 3, 1, 2).float(), 4).flatten(1) - 128

    def classify(self, features: Tensor) -> Tensor | None:
        return None


def test_a_copy_is_told_from_an_invention(pictures: Path, tmp_path: Path) -> None:
    dataset = Dataset(pack(pictures, tmp_path / "packed.zip", resolution=16).path)
    known = TrainingPictures(dataset, Averages())
    copied = dataset.image(5)
    invented = np.random.default_rng(0).integers(0, 255, copied.shape, dtype=np.uint8)
    near = known.near(np.stack([copied, invented]))
    assert near.features[0][0].picture == 5
    assert near.pixels[0][0].picture == 5
    assert near.pixels[0][0].distance == 0
    assert near.copies == [True, False]
    assert "1 of 2 samples" in near.sentence
    compared = Compared([LatentPoint("a"), LatentPoint("b")], np.stack([copied, invented]), dataset, near)
    assert neighbour_sheet(compared).shape[2] == 3
    again = TrainingPictures(dataset, Averages()).near(copied[None])  # from the cache
    assert [one.picture for one in again.features[0]] == [one.picture for one in near.features[0]]
    assert [one.distance for one in again.features[0]] == pytest.approx([one.distance for one in near.features[0]])


def test_distances_among_training_pictures_say_what_is_near() -> None:
    space = Space("pixels", torch.tensor([[0.0], [1.0], [3.0], [7.0]]), cosine=False)
    assert space.usual in (1.0, 2.0)
    assert [one.picture for one in space.nearest(torch.tensor([[2.9]]), 2)[0]] == [2, 1]


@pytest.mark.skipif(find("efficientnet-lite0") is None, reason="the weights that look at pictures are not here")
def test_neighbours_by_command(
    models: dict[str, Path], pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["neighbours", str(models["stylegan2"]), "--data", str(pictures), "--count", "2", "--features", "effnet"]
    assert main(["generate", *command, "-o", str(tmp_path / "n.png")]) == 0
    assert "Training pictures lie" in capsys.readouterr().out
    assert pixels(tmp_path / "n.png").shape[1] > 7 * 96
