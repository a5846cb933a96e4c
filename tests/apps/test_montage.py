"""Faces bred from picked ones: exact codes, parts, locks, steps that keep the distribution; the command's rounds."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from support.portrait import portrait_bundle  # noqa: F401 - a fixture

from ganvas.apps.montage import BreedRequest, FaceSpace, breed, morph, step_of_round, tray
from ganvas.apps.montage.face_space import LEVELS
from ganvas.cli import main
from ganvas.errors import UserError
from ganvas.models.networks.sketchportrait import WINDOWS

PARTS = tuple(WINDOWS)


@pytest.fixture(scope="module")
def space() -> FaceSpace:
    """The faces of 200 invented sketches, whose parts share a common factor."""
    rng = np.random.default_rng(0)
    common = rng.standard_normal((200, 1, 8))
    bank = common @ rng.standard_normal((8, 12)) + 0.5 * rng.standard_normal((200, 5, 12)) + 3
    return FaceSpace(bank.astype(np.float32), PARTS)


def test_a_face_is_exactly_its_code(space: FaceSpace) -> None:
    for face in breed(space, BreedRequest(3)):
        text = space.write(face)
        assert len(text) == 4 * (3 + face.size) // 3
        np.testing.assert_array_equal(space.read(text), face)
    bank = np.random.default_rng(1).standard_normal((20, 5, 12)).astype(np.float32)
    for text, code in [("", "montage-face"), ("äöü", "montage-face"), ("AAAAAAAA", "montage-other-model")]:
        with pytest.raises(UserError) as refused:
            space.read(text)
        assert refused.value.code == code
    with pytest.raises(UserError, match="with another model"):
        FaceSpace(bank, PARTS).read(space.write(breed(space, BreedRequest())[0]))


def test_new_faces_follow_the_distribution_of_the_bank(space: FaceSpace) -> None:
    drawn = space.sample(np.random.default_rng(0), 4000)
    known = space.known(range(len(space)))
    for genes in (drawn, known):
        assert np.abs(genes.mean(0)).max() < 0.1
        np.testing.assert_allclose(genes.std(0), 1, atol=0.1)
    flat = [genes.reshape(len(genes), -1) for genes in (drawn, known)]
    np.testing.assert_allclose(np.cov(flat[0].T), np.cov(flat[1].T), atol=0.12)


def test_all_components_give_the_codes_of_the_bank_back(space: FaceSpace) -> None:
    rng = np.random.default_rng(4)
    bank = rng.standard_normal((40, 5, 6)).astype(np.float32)
    small = FaceSpace(bank, PARTS)
    genes = [small.genes_of(codes) for codes in bank[:9]]
    np.testing.assert_allclose(small.codes(genes), bank[:9], atol=0.1)
    np.testing.assert_allclose(np.stack(genes) / LEVELS, small.known(range(9)), atol=0.51 / LEVELS)


def test_picked_faces_stay_and_children_are_near_them(space: FaceSpace) -> None:
    first = breed(space, BreedRequest(1))
    assert len(first) == 18
    picked = (first[4], first[9])
    second = breed(space, BreedRequest(1, 1, picked))
    assert len(second) == 18
    np.testing.assert_array_equal(np.stack(second[:2]), np.stack(picked))
    assert all(np.array_equal(a, b) for a, b in zip(second, breed(space, BreedRequest(1, 1, picked)), strict=True))

    def distance(round_: int) -> float:
        children = np.stack(breed(space, BreedRequest(1, round_, picked))[2:]).astype(float)
        return float(np.minimum(*(np.abs(children - parent).mean((1, 2)) for parent in picked)).mean())

    assert distance(1) > distance(4) > distance(9)
    assert [step_of_round(n) for n in (1, 2)] == pytest.approx([0.6, 0.48])
    assert step_of_round(99) == 0.15


def test_eyes_are_crossed_together_and_children_keep_the_spread(space: FaceSpace) -> None:
    first = np.full(space.shape, 64, np.int8)
    second = -first
    parents = (first, second)
    children = np.stack(breed(space, BreedRequest(0, 99, parents))[2:]).astype(float)
    sides = np.sign(children.mean(2))
    left, right = PARTS.index("left_eye"), PARTS.index("right_eye")
    np.testing.assert_array_equal(sides[:, left], sides[:, right])
    assert len({tuple(row) for row in sides}) > 6  # of 16 combinations of four groups
    faces = tuple(breed(space, BreedRequest(0))[:6])
    for round_ in range(1, 30):
        faces = tuple(breed(space, BreedRequest(round_, round_, faces))[-6:])
    assert 0.6 < (np.stack(faces) / LEVELS).std() < 1.4


def test_locked_parts_stay_as_in_the_base(space: FaceSpace) -> None:
    page = breed(space, BreedRequest(1))
    locked = breed(space, BreedRequest(2, 1, tuple(page[:3]), page[7], ("eyes", "face")))
    for part in ("left_eye", "right_eye", "remainder"):
        kept = np.stack(locked[3:])[:, PARTS.index(part)]
        assert (kept == page[7][PARTS.index(part)]).all()
    assert np.std(np.stack(locked[3:])[:, PARTS.index("nose")]) > 0
    alone = breed(space, BreedRequest(2, 0, (), page[7], ("mouth",)))
    assert all((face[PARTS.index("mouth")] == page[7][PARTS.index("mouth")]).all() for face in alone)
    for request, code in [
        (BreedRequest(locked=("eyes",)), "montage-lock"),
        (BreedRequest(base=page[0], locked=("ears",)), "unknown-part"),
        (BreedRequest(picked=tuple(page[:7])), "montage-picked"),
    ]:
        with pytest.raises(UserError) as refused:
            breed(space, request)
        assert refused.value.code == code


def test_a_tray_changes_one_part_and_a_morph_ends_at_both(space: FaceSpace) -> None:
    face, other = breed(space, BreedRequest(5))[:2]
    variants = np.stack(tray(space, face, "nose", seed=1, count=9))
    nose = PARTS.index("nose")
    assert (np.delete(variants, nose, 1) == np.delete(face, nose, 0)).all()
    assert len({row.tobytes() for row in variants[:, nose]}) == 9
    between = morph(face, other, 5)
    np.testing.assert_array_equal(between[0], face)
    np.testing.assert_array_equal(between[-1], other)
    np.testing.assert_allclose(between[2], (face.astype(float) + other) / 2, atol=0.5)


def test_picking_what_is_alike_comes_nearer_than_picking_at_random(space: FaceSpace) -> None:
    target = space.sample(np.random.default_rng(77), 1)[0] * LEVELS

    def nearest(alike: bool) -> float:
        rng, picked = np.random.default_rng(0), ()
        for round_ in range(7):
            page = breed(space, BreedRequest(5, round_, picked))
            far = np.abs(np.stack(page) - target).mean((1, 2)) if alike else rng.random(len(page))
            picked = tuple(page[index] for index in np.argsort(far)[:3])
        return float(np.abs(picked[0] - target).mean())

    assert nearest(True) < 0.7 * nearest(False)


def test_the_command_goes_on_from_its_state(
    portrait_bundle: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    page = tmp_path / "case.png"
    command = ["montage", str(portrait_bundle), "-o", str(page)]
    assert main([*command, "--pick", "1"]) == 2
    assert "run the command without --pick first" in capsys.readouterr().err
    assert main([*command, "--seed", "4"]) == 0
    assert main([*command, "--pick", "3,7", "--lock", "eyes"]) == 0
    pages = json.loads(page.with_suffix(".json").read_text())["pages"]
    assert [one["round"] for one in pages] == [0, 1]
    assert pages[1]["faces"][:2] == [pages[0]["faces"][2], pages[0]["faces"][6]]
    assert main([*command, "--pick", "3", "--save", str(tmp_path / "face.png")]) == 0
    with Image.open(tmp_path / "face.png") as saved:
        about = saved.info["XML:com.adobe.xmp"]
        assert saved.size[0] >= 384
    assert "trainedAlgorithmicMedia" in about
    assert pages[1]["faces"][2] in about
    assert main([*command, "--pick", "1", "--join", str(page.with_suffix(".json"))]) == 0
    assert main([*command, "--undo"]) == 0
    assert json.loads(page.with_suffix(".json").read_text())["pages"] == pages
    for wrong in ("0", "19", "2,2", "x"):
        assert main([*command, "--pick", wrong]) == 2
    assert "different numbers from 1 to 18" in capsys.readouterr().err
