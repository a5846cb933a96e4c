"""Reading and aligning faces: what alignment, checks and pairs rely on."""

from __future__ import annotations

import itertools
import math
import pickle
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from support.face_pictures import astronaut, networks  # noqa: F401 - fixtures

from ganvas.errors import UserError

cv2 = pytest.importorskip("cv2")
pytest.importorskip("ai_edge_litert")

from ganvas.curate.faces import (  # noqa: E402
    FIXED,
    REGIONS,
    Face,
    FaceReader,
    align,
    align_many,
    cut_square,
    matrix_for,
    read_many,
    region,
)
from ganvas.curate.faces.geometry import similarity  # noqa: E402
from ganvas.curate.images.decode import encode_png  # noqa: E402

Pixels = npt.NDArray[np.uint8]

pytestmark = pytest.mark.usefixtures("networks")


@pytest.fixture(scope="module")
def reader() -> FaceReader:
    return FaceReader()


@pytest.fixture(scope="module")
def face(reader: FaceReader, astronaut: Pixels) -> Face:
    return reader.faces(astronaut)[0]


def turned(picture: Pixels, degrees: float) -> tuple[Pixels, npt.NDArray[np.float64]]:
    """The picture turned clockwise about its middle, and the matrix [2, 3] that did it."""
    height, width = picture.shape[:2]
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), -degrees, 1)
    return cv2.warpAffine(picture, matrix, (width, height), borderMode=cv2.BORDER_REFLECT), matrix


# ── Reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_one_face_is_found_with_its_parts_in_place(reader: FaceReader, astronaut: Pixels) -> None:
    faces = reader.faces(astronaut)
    assert len(faces) == 1
    face = faces[0]
    assert face.landmarks.shape == (468, 3)
    assert face.landmarks.dtype == np.float32
    # Seen to be right in the picture.
    for part, place in (
        (face.left_eye, (203, 101)),
        (face.right_eye, (247, 104)),
        (face.mouth, (223, 140)),
        (face.nose, (222, 131)),
    ):
        assert np.linalg.norm(part - place) < 4, (part, place)
    assert face.box[0] < face.left_eye[0] < face.right_eye[0] < face.box[2]
    assert face.box[1] < face.left_eye[1] < face.mouth[1] < face.box[3]
    assert 0.5 < face.score <= 1
    assert min(face.eyes_open) > 0.2
    assert abs(face.roll) < 10


def test_a_picture_without_a_face_has_none(reader: FaceReader) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (200, 300, 3)).astype(np.uint8)
    assert reader.faces(noise) == []
    assert reader.faces(np.full((40, 500, 3), 128, np.uint8)) == []
    assert reader.faces(np.zeros((1, 1, 3), np.uint8)) == []


def test_the_mirrored_picture_has_the_mirrored_face(reader: FaceReader, astronaut: Pixels, face: Face) -> None:
    other = reader.faces(np.ascontiguousarray(astronaut[:, ::-1]))[0]
    assert other.yaw == pytest.approx(-face.yaw, abs=4)
    assert other.roll == pytest.approx(-face.roll, abs=3)
    assert other.pitch == pytest.approx(face.pitch, abs=4)
    width = astronaut.shape[1]
    assert np.linalg.norm(other.left_eye - (width - 1 - face.right_eye[0], face.right_eye[1])) < 3


@pytest.mark.parametrize("degrees", [-25, 15])
def test_turning_the_picture_turns_the_roll_alone(
    reader: FaceReader,
    astronaut: Pixels,
    face: Face,
    degrees: float,
) -> None:
    picture, matrix = turned(astronaut, degrees)
    other = reader.faces(picture)[0]
    assert other.roll == pytest.approx(face.roll + degrees, abs=3)
    assert other.yaw == pytest.approx(face.yaw, abs=4)
    assert other.pitch == pytest.approx(face.pitch, abs=4)
    assert np.linalg.norm(other.mouth - matrix @ (*face.mouth, 1)) < 4


def test_size_and_place_of_the_face_do_not_matter(reader: FaceReader, astronaut: Pixels, face: Face) -> None:
    """A close-up that fills the picture, and a small face at the edge of a large picture."""
    x0, y0, x1, y1 = face.box.astype(int)
    close = astronaut[max(y0 - 20, 0) : y1 + 10, x0 - 10 : x1 + 10]
    found = reader.faces(cv2.resize(close, None, fx=5, fy=5, interpolation=cv2.INTER_CUBIC))
    assert len(found) == 1
    wide = np.full((900, 1600, 3), 90, np.uint8)
    wide[600:856, 1300:1556] = cv2.resize(astronaut, (256, 256), interpolation=cv2.INTER_AREA)
    found = reader.faces(wide)
    assert len(found) == 1
    assert np.linalg.norm(found[0].left_eye - (face.left_eye / 2 + (1300, 600))) < 3


def test_one_face_is_enough_when_one_is_asked_for(reader: FaceReader, astronaut: Pixels) -> None:
    assert len(reader.faces(astronaut, most=1)) == 1


def test_several_faces_come_largest_first(reader: FaceReader, astronaut: Pixels) -> None:
    small = cv2.resize(astronaut, (300, 300), interpolation=cv2.INTER_AREA)
    picture = np.full((512, 900, 3), 60, np.uint8)
    picture[100:400, 20:320] = small
    picture[:, 350:862] = astronaut
    faces = reader.faces(picture)
    assert len(faces) == 2
    assert faces[0].left_eye[0] > 350 > faces[1].left_eye[0]
    assert faces[0].eye_distance > 1.5 * faces[1].eye_distance


def test_the_eyes_are_read(reader: FaceReader, astronaut: Pixels, face: Face) -> None:
    gaze = reader.iris(astronaut, face)
    assert gaze.outline.shape == (2, 16, 2)
    assert np.linalg.norm(gaze.centre[0] - face.left_eye) < 6
    assert np.linalg.norm(gaze.centre[1] - face.right_eye) < 6
    assert (gaze.radius > 2).all()
    assert (gaze.radius < 10).all()


def test_the_person_is_told_from_the_ground(reader: FaceReader, astronaut: Pixels, face: Face) -> None:
    person = reader.person(astronaut)
    assert person.shape == (512, 512)
    assert person.dtype == np.float32
    assert 0 <= person.min() <= person.max() <= 1
    x, y = face.nose.astype(int)
    assert person[y, x] > 0.9
    assert person[10:60, 350:420].mean() < 0.3  # a shuttle on the wall


def test_likeness_knows_the_person_again(reader: FaceReader, astronaut: Pixels, face: Face) -> None:
    here = reader.embed(astronaut, face)
    assert here.shape == (128,)
    assert np.linalg.norm(here) == pytest.approx(1, abs=1e-4)
    picture = (astronaut[:, ::-1].astype(np.float32) * 0.7).astype(np.uint8)
    again = reader.embed(picture, reader.faces(picture)[0])
    assert float(here @ again) > 0.7


def test_a_reader_travels_to_another_process(reader: FaceReader, astronaut: Pixels, face: Face) -> None:
    sent = pickle.dumps(reader)
    assert len(sent) < 1000, "settings travel, networks do not"
    again = pickle.loads(sent).faces(astronaut)[0]
    assert np.array_equal(again.landmarks, face.landmarks)
    assert np.array_equal(pickle.loads(pickle.dumps(face)).landmarks, face.landmarks)


# ── Aligning ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("size", [64, 128, 512])
@pytest.mark.parametrize("style", ["ffhq", "fixed"])
def test_eyes_stand_where_the_matrix_says(
    reader: FaceReader,
    astronaut: Pixels,
    face: Face,
    size: int,
    style: str,
) -> None:
    aligned = align(astronaut, face, size, style)  # type: ignore[arg-type]
    assert aligned.pixels.shape == (size, size, 3)
    assert aligned.pixels.dtype == np.uint8
    again = reader.faces(aligned.pixels)[0]
    for before, after in ((face.left_eye, again.left_eye), (face.right_eye, again.right_eye)):
        assert np.linalg.norm(aligned.matrix @ (*before, 1) - after) < 2 * size / 128


@pytest.mark.parametrize("degrees", [0, 20, -35])
def test_fixed_brings_eyes_and_mouth_to_their_places_whatever_the_tilt(
    reader: FaceReader,
    astronaut: Pixels,
    degrees: float,
) -> None:
    picture, _ = turned(astronaut, degrees)
    aligned = align(picture, reader.faces(picture)[0], 256, "fixed")
    again = reader.faces(aligned.pixels)[0]
    assert abs(again.roll) < 3
    # Three points cannot all be met without bending the face: the eyes are nearer to their places than the mouth.
    for part, place, most in zip((again.left_eye, again.right_eye, again.mouth), FIXED, (5, 5, 12), strict=True):
        assert np.linalg.norm(part - np.array(place) * 256) < most


def test_the_ffhq_square_is_that_of_the_paper(face: Face) -> None:
    """Karras et al. 2019: middle, direction and side follow from eyes and mouth by their recipe."""
    matrix = matrix_for(face, 100)
    eyes, mouth = (face.left_eye + face.right_eye) / 2, face.mouth
    down, across = mouth - eyes, face.right_eye - face.left_eye
    assert matrix @ (*(eyes + 0.1 * down), 1) == pytest.approx([49.5, 49.5], abs=0.01)
    side = max(4 * np.linalg.norm(across), 3.6 * np.linalg.norm(down))
    scale = math.sqrt(np.linalg.det(matrix[:, :2].astype(float)))
    assert 100 / scale == pytest.approx(side, rel=1e-4)
    middle = (across[0] - (-down[1]), across[1] - down[0])  # e − m turned by 90°
    axis = matrix[:, :2] @ middle
    assert axis[1] == pytest.approx(0, abs=1e-3 * abs(float(axis[0])))
    assert axis[0] > 0


def test_a_similarity_is_found_exactly_where_there_is_one() -> None:
    points = np.array([[0.0, 0.0], [10.0, 0.0], [3.0, 8.0]])
    angle, scale = 0.7, 1.8
    turn = scale * np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    places = points @ turn.T + (5, -3)
    assert similarity(points, places) == pytest.approx(np.c_[turn, [5, -3]], abs=1e-5)


def test_pixels_are_sampled_where_they_are() -> None:
    """Half, same and double size of a ramp: every value is that of its place, to a grey level."""
    ramp = np.broadcast_to((2 * np.arange(100, dtype=np.uint8))[None, :, None], (100, 100, 3)).copy()
    for size, scale in ((50, 0.5), (100, 1.0), (200, 2.0)):
        shift = (scale - 1) / 2
        matrix = np.array([[scale, 0, shift], [0, scale, shift]], np.float32)
        got = cut_square(ramp, matrix, size).pixels[size // 2, :, 0].astype(float)
        want = 2 * ((np.arange(size) - shift) / scale)
        assert np.abs(got - want)[4:-4].max() <= 1.01


def test_shrinking_counts_every_pixel() -> None:
    checks = (np.indices((512, 512)).sum(axis=0) % 2 * 255).astype(np.uint8)
    picture = np.repeat(checks[:, :, None], 3, axis=2)
    for scale in (1 / 4, 1 / 10):
        size = int(512 * scale) - 2
        small = cut_square(picture, np.array([[scale, 0, -1], [0, scale, -1]], np.float32), size).pixels
        assert np.abs(small.astype(int) - 127).max() < 24, "a fine pattern becomes its mean, not moiré"


def test_what_lies_outside_is_made_up_without_edges(astronaut: Pixels, reader: FaceReader) -> None:
    """A face cut off at the top: no black, and no edge where the picture ends."""
    picture = np.ascontiguousarray(astronaut[60:300, 130:330])
    face = reader.faces(picture)[0]
    aligned = align(picture, face, 256)
    edge = int((aligned.matrix @ (0, 0, 1))[1])
    assert edge > 10, "the square reaches beyond the picture"
    outside = aligned.pixels[: edge - 2].astype(float)
    assert outside.mean() > 60, "no black bar"
    assert aligned.pixels[: edge // 2].std() < aligned.pixels[edge:].std()
    step = np.abs(np.diff(aligned.pixels[edge - 6 : edge + 6].astype(float), axis=0)).mean(axis=(1, 2))
    assert step.max() < 25
    inside = aligned.pixels[edge + 6 : 250]
    exact = cv2.warpAffine(picture, aligned.matrix, (256, 256), flags=cv2.INTER_CUBIC)[edge + 6 : 250]
    covered = cv2.warpAffine(np.ones(picture.shape[:2], np.float32), aligned.matrix, (256, 256))[edge + 6 : 250] > 0.99
    core = cv2.erode(covered.astype(np.uint8), np.ones((3, 3))) > 0
    assert np.array_equal(inside[core], exact[core]), "the picture itself is untouched"


# ── Parts ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_parts_lie_where_they_should(face: Face, astronaut: Pixels) -> None:
    masks = {name: region(face, name, astronaut.shape) for name in REGIONS}
    for mask in masks.values():
        assert mask.shape == (512, 512)
        assert mask.dtype == np.float32
        assert 0 <= mask.min() <= mask.max() <= 1
        assert mask.sum() > 20

    def at(name: str, point: npt.NDArray[np.float32]) -> float:
        return float(masks[name][round(float(point[1])), round(float(point[0]))])

    assert at("left_eye", face.left_eye) == at("right_eye", face.right_eye) == 1
    assert at("skin", face.left_eye) == at("skin", face.mouth) == 0
    assert at("face", face.left_eye) == at("face", face.mouth) == 1
    assert at("nose", face.landmarks[5, :2]) == 1
    assert at("mouth", face.landmarks[14, :2]) == 1
    assert at("lips", (face.landmarks[0, :2] + face.landmarks[13, :2]) / 2) > 0.5
    for side, eye in (("left", face.left_eye), ("right", face.right_eye)):
        rows, columns = np.nonzero(masks[f"{side}_eye_shadow"] > 0.5)
        assert rows.mean() < eye[1], "eye shadow lies above the eye"
        assert abs(columns.mean() - eye[0]) < 6
    # Parts that are painted differently do not overlap but for the softness of their edges.
    for one, other in itertools.combinations(("lips", "left_eye", "right_eye", "left_eye_shadow", "skin"), 2):
        if {one, other} != {"left_eye_shadow", "skin"}:
            assert (masks[one] * masks[other]).sum() < 0.12 * masks[one].sum()


def test_parts_outside_the_picture_are_empty_and_unknown_ones_are_refused(face: Face) -> None:
    assert region(face, "lips", (20, 20)).sum() == 0
    with pytest.raises(UserError, match="'ear'"):
        region(face, "ear", (512, 512))


def test_a_moved_face_goes_with_its_picture(reader: FaceReader, astronaut: Pixels, face: Face) -> None:
    aligned = align(astronaut, face, 256, "fixed")
    moved = face.moved(aligned.matrix)
    again = reader.faces(aligned.pixels)[0]
    assert np.linalg.norm(moved.mouth - again.mouth) < 5
    assert abs(moved.roll - again.roll) < 3
    assert moved.yaw == pytest.approx(face.yaw, abs=0.1)


# ── The detector's arithmetic ───────────────────────────────────────────────────────────────────────────────────────


def test_a_face_is_the_same_whether_its_eyes_are_read_or_not(reader: FaceReader, astronaut: Pixels, face: Face) -> None:
    (same,) = reader.faces(astronaut, eyes=False)
    assert np.array_equal(same.landmarks, face.landmarks)
    assert np.isnan(same.eyes_open).all()


def test_many_are_read_over_processes_in_order(tmp_path: Path, astronaut: Pixels, face: Face) -> None:
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"\xff\xd8\xff and nothing")
    grey = np.full((64, 64, 3), 128, np.uint8)
    sources: list[Path | bytes | Pixels] = [astronaut, broken, grey, encode_png(astronaut)]
    alone = list(read_many(sources, processes=1))
    together = list(read_many(sources, processes=2))
    assert [len(one.faces) for one in together] == [len(one.faces) for one in alone] == [1, 0, 0, 1]
    assert together[1].problem
    assert together[2].problem is None
    assert np.allclose(together[0].faces[0].landmarks, face.landmarks, atol=0.01)

    aligned = list(align_many(sources, 64, processes=1))
    assert [one.aligned is not None for one in aligned] == [True, False, False, True]
    assert aligned[2].problem == "no face was found"
    assert aligned[0].aligned is not None
    assert aligned[0].aligned.pixels.shape == (64, 64, 3)


@pytest.mark.shared_data
def test_real_portraits_align_to_two_pixels(shared_data: Path, reader: FaceReader) -> None:
    """At 128 px the eyes, read again in the aligned picture, stand within 2 px of their place in 98 of 100."""
    paths = sorted((shared_data / "portraits").iterdir())[4::9][:100]
    near = {"ffhq": 0, "fixed": 0}
    for path in paths:
        for style in ("ffhq", "fixed"):
            (made,) = align_many([path], 128, style, processes=1)  # type: ignore[arg-type]
            if made.aligned is None or made.face is None:
                continue
            again = reader.faces(made.aligned.pixels)
            if not again:
                continue
            places = (
                [np.array(place) * 128 - 0.5 for place in FIXED[:2]]
                if style == "fixed"
                else [made.aligned.matrix @ (*eye, 1) for eye in (made.face.left_eye, made.face.right_eye)]
            )
            apart = [
                np.linalg.norm(a - b) for a, b in zip((again[0].left_eye, again[0].right_eye), places, strict=True)
            ]
            near[style] += max(apart) <= 2
    assert min(near.values()) >= 0.98 * len(paths), near
