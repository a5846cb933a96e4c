"""Look-alikes: angles by closed forms, the metric, galleries, and the answer with its reasons."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("cv2", reason="the faces extra is not installed")

from support.face_pictures import astronaut, networks  # noqa: F401 - fixtures
from support.lookalike import face_like, invented_gallery

from ganvas.apps.lookalike import Comparer, Gallery, overlay, read_gallery, sentence, write_gallery
from ganvas.apps.lookalike.angles import _TWINS, ANGLES, KEYS, angles_of, angles_of_points, check_pose
from ganvas.apps.lookalike.measure import mean_angles, measure_photograph
from ganvas.apps.lookalike.metric import ledoit_wolf, reference, robust_location, within_covariance
from ganvas.apps.lookalike.slopes import axis_difference, mean_axis
from ganvas.curate.faces.face import face_of
from ganvas.errors import UserError

WEB = Path(__file__).parents[2] / "web" / "src" / "features" / "lookalike"


@pytest.fixture(scope="module")
def gallery() -> Gallery:
    return invented_gallery()


def points(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(468, 3))


def rotation(seed: int) -> np.ndarray:
    turn = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))[0]
    return turn * np.sign(np.linalg.det(turn))


# ── Angles ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_angle_is_the_one_of_the_triangle() -> None:
    face = points()
    angle = next(each for each in ANGLES if each.key == "face_breadth")
    face[list(angle.points)] = [[1, 0, 0], [0, 0, 0], [0, 0, 5]]
    at = KEYS.index(angle.key)
    assert angles_of_points(face).values[at] == pytest.approx(90, abs=1e-9)
    face[angle.points[2]] = [2, 0, 0]
    assert angles_of_points(face).values[at] == pytest.approx(0, abs=1e-9)
    face[angle.points[2]] = [-1, 3**0.5, 0]
    assert angles_of_points(face).values[at] == pytest.approx(120, abs=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_rotation_scale_and_shift_change_no_angle(seed: int) -> None:
    face = points(seed)
    moved = 37 * face @ rotation(seed + 10).T + np.array([5, -80, 300])
    for before, after in zip(angles_of_points(face), angles_of_points(moved), strict=True):
        np.testing.assert_allclose(after, before, atol=1e-9)
    as_pixels = angles_of((100 + 50 * moved).astype(np.float32)).values
    np.testing.assert_allclose(as_pixels, angles_of_points(face).values, atol=0.05)


def test_a_mirrored_face_has_the_same_angles_and_opposite_differences() -> None:
    face = points(3)
    mirrored = face.copy()
    for left, right in _TWINS.items():
        mirrored[[left, right]] = face[[right, left]]
    mirrored[:, 0] *= -1
    before, after = angles_of_points(face), angles_of_points(mirrored)
    np.testing.assert_allclose(after.values, before.values, atol=1e-9)
    np.testing.assert_allclose(after.differences, -before.differences, atol=1e-9)
    across = [angle.twin is None for angle in ANGLES]
    assert (before.differences[across] == 0).all()
    assert (before.differences[~np.array(across)] != 0).all(), "of pairs the difference is kept"


@pytest.mark.usefixtures("networks")
def test_a_photograph_and_its_mirror_image_are_measured_alike(astronaut: np.ndarray) -> None:
    from ganvas.curate.faces import FaceReader

    reader = FaceReader()
    one, face = measure_photograph(astronaut, reader)
    other, _ = measure_photograph(np.ascontiguousarray(astronaut[:, ::-1]), reader)
    np.testing.assert_allclose(one.angles.values, other.angles.values, atol=0.1)
    np.testing.assert_allclose(one.angles.differences, -other.angles.differences, atol=0.1)
    alone = mean_angles(angles_of(face.landmarks), None)
    assert np.abs(alone.values - one.angles.values).max() > 0.3, "the network reads both images differently"


def test_the_list_of_angles_is_whole() -> None:
    assert 30 <= len(ANGLES) <= 60
    assert len(set(KEYS)) == len({angle.words for angle in ANGLES}) == len(ANGLES)
    assert len({frozenset([angle.points, angle.twin]) for angle in ANGLES}) == len(ANGLES)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_page_names_every_angle(language: str) -> None:
    words = (WEB / f"angles.{language}.ts").read_text(encoding="utf-8")
    named = dict(re.findall(r'^  (\w+): "(.+)",$', words, re.M))
    assert list(named) == list(KEYS)
    if language == "en":
        assert list(named.values()) == [angle.words for angle in ANGLES]


def test_a_head_that_is_turned_too_far_is_refused() -> None:
    from dataclasses import replace

    face = face_of(points().astype(np.float32), 1, 1, (0.3, 0.3))
    check_pose(replace(face, yaw=14.0, pitch=-14.0))
    for turned, word in ((replace(face, yaw=-20.0, pitch=0.0), "sideways"), (replace(face, yaw=0.0, pitch=15.0), "up")):
        with pytest.raises(UserError, match=word) as refused:
            check_pose(turned)
        assert refused.value.code == "head-turned"


def test_slopes_are_axes_whose_doubled_angles_lie_on_a_circle() -> None:
    assert mean_axis([1, 179]) == pytest.approx(0, abs=1e-9), "and not 90"
    assert mean_axis([-89, 89]) == pytest.approx(90) or mean_axis([-89, 89]) == pytest.approx(-90)
    assert mean_axis([[10, 20], [44, 46]]) == pytest.approx([15, 45])
    assert axis_difference(89, -89) == pytest.approx(-2)
    assert axis_difference([30, 170], [10, 10]) == pytest.approx([20, -20])


# ── Metric ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_shrunk_covariance_is_definite_and_converges() -> None:
    rng = np.random.default_rng(0)
    true = np.diag([1.0, 4.0, 9.0])
    few, many = (rng.multivariate_normal(np.zeros(3), true, count) for count in (2, 20_000))
    assert np.linalg.eigvalsh(ledoit_wolf(few)).min() > 0.1, "two rows span one direction, and none is lost"
    np.testing.assert_allclose(ledoit_wolf(many), true, atol=0.2)


def test_robust_location_and_covariance_within_persons() -> None:
    rng = np.random.default_rng(0)
    sample = np.concatenate([rng.normal(5, 2, (2000, 1)), np.full((100, 1), 1e6)])
    median, scale = robust_location(sample)
    assert (median[0], scale[0]) == pytest.approx((5, 2), rel=0.1), "errors of a few points change little"
    people = np.repeat(np.arange(3000), 2)
    values = (rng.normal(size=(3000, 2)) * 10)[people] + rng.normal(size=(6000, 2)) * [1, 2]
    within = within_covariance(values, people, np.zeros(2), np.full(2, 10.0))
    np.testing.assert_allclose(np.diag(within), [1, 4], rtol=0.1)


def test_the_shipped_reference_is_sound() -> None:
    known = reference()
    assert np.linalg.eigvalsh(known.population.within).min() > 0
    assert (known.population.scale > 0.3).all()
    assert known.strangers.shape == (1000, 2)
    assert abs(known.strangers[:, 0].mean()) < 0.15


# ── Galleries ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_gallery_comes_back_as_it_was_written(tmp_path: Path, gallery: Gallery) -> None:
    file = tmp_path / "folder" / "people.gallery"
    write_gallery(file, gallery)
    known = read_gallery(file)
    assert known.info == gallery.info
    assert known.pictures == gallery.pictures
    for name, array in gallery.arrays._asdict().items():
        np.testing.assert_array_equal(getattr(known.arrays, name), array)
    assert [path.name for path in file.parent.iterdir()] == ["people.gallery"], "no temporary file stays"


def test_a_damaged_gallery_is_refused_in_a_sentence(tmp_path: Path, gallery: Gallery) -> None:
    file = tmp_path / "people.gallery"
    with pytest.raises(UserError, match="cannot be read"):
        read_gallery(file)
    write_gallery(file, gallery)
    whole = file.read_bytes()
    rng = np.random.default_rng(0)
    changed = [bytearray(whole) for _ in range(20)]
    for content in changed:
        content[int(rng.integers(len(content)))] ^= 0xFF
    for content in (b"", b"PK\x03\x04", whole[: len(whole) // 2], b"a text", *map(bytes, changed)):
        file.write_bytes(content)
        try:
            read_gallery(file)
        except UserError as error:
            assert error.code in ("gallery-damaged", "gallery-version")  # noqa: PT017 - a flipped bit may do no harm
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("gallery.json", '{"schema": 99, "angles": 1}')
    with pytest.raises(UserError, match="another version"):
        read_gallery(file)


# ── The answer ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_face_finds_the_person_of_its_shape_and_says_why(gallery: Gallery) -> None:
    comparer = Comparer(gallery)
    answer = comparer.compare(face_like(gallery, 17), most=4)
    best = answer.matches[0]
    assert best.person == 17
    assert len(answer.matches) == 4
    assert [match.together for match in answer.matches] == sorted((m.together for m in answer.matches), reverse=True)
    assert best.shape == 0.999, "nobody is told 100 %"
    assert all(0 <= share <= 0.999 for match in answer.matches for share in (match.shape, match.overall))
    assert answer.left_out == 0
    assert answer.nearer_rivals == 0
    assert 1 <= len(best.reasons.shared) <= 3
    for reason in best.reasons.shared:
        assert reason.own == pytest.approx(reason.other)
        assert abs(reason.own - reason.usual) > 0
    parts = [ANGLES[reason.position].part for match in answer.matches for reason in match.reasons.shared]
    assert len(set(parts)) > 3
    assert sentence(best.reasons).startswith("Alike: the ") or sentence(best.reasons).startswith("Alike: ")
    assert sentence(answer.matches[3].reasons).count(".") >= 1


def test_the_person_shown_is_never_named(gallery: Gallery) -> None:
    shown = face_like(gallery, 17, same_person=True)
    for weight in (0.0, 0.5, 1.0):
        answer = Comparer(gallery).compare(shown, weight, most=60)
        assert 17 not in [match.person for match in answer.matches]
        assert answer.left_out == 1
    alone = invented_gallery(1)
    with pytest.raises(UserError) as refused:
        Comparer(alone).compare(face_like(alone, 0, same_person=True))
    assert refused.value.code == "no-strangers"


def test_the_weight_moves_from_shape_to_the_whole_face(gallery: Gallery) -> None:
    comparer = Comparer(gallery)
    face = face_like(gallery, 17)
    overall = comparer.embeddings @ face.embedding
    by_face = [match.person for match in comparer.compare(face, 1.0).matches]
    assert by_face[0] == int(overall.argmax()) != 17
    assert comparer.compare(face, 0.0).matches[0].person == 17
    with pytest.raises(UserError, match="from 0"):
        comparer.compare(face, 1.5)


def test_a_small_gallery_is_read_by_the_reference_and_a_large_one_by_itself() -> None:
    small, large = Comparer(invented_gallery(5)), Comparer(invented_gallery(90, 3))
    assert small.compare(face_like(small.gallery, 2)).matches[0].person == 2
    assert small.compare(face_like(small.gallery, 2)).nearer_rivals is None
    np.testing.assert_array_equal(small.population.within, reference().population.within)
    assert not np.array_equal(large.population.within, reference().population.within)
    np.testing.assert_allclose(np.diag(large.population.within), np.diag(reference().population.within), rtol=0.5)
    assert large.values.shape == (90, len(ANGLES)), "the photographs of a person are averaged"


def test_an_overlay_shows_both_faces(gallery: Gallery) -> None:
    one, two = gallery.arrays.points[0], gallery.arrays.points[1]
    drawn = overlay(one, two, [0, 5], side=128)
    assert drawn.shape == (128, 128, 3)
    blue, orange = (drawn[..., 2].astype(int) - drawn[..., 0] > 80), (drawn[..., 0].astype(int) - drawn[..., 2] > 80)
    assert blue.sum() > 100
    assert orange.sum() > 100
