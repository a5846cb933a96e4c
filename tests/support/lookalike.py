"""Galleries of people who do not exist, and a face to compare with them."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from ganvas.apps.lookalike.angles import ANGLES, VERSION, FaceAngles
from ganvas.apps.lookalike.gallery import Gallery, GalleryArrays, GalleryInfo, LeftOut, Photograph
from ganvas.apps.lookalike.measure import DRAWN, Measured
from ganvas.apps.lookalike.metric import reference
from ganvas.curate.manifest import Provenance


def invented_gallery(people: int = 60, photographs: int = 1, seed: int = 0) -> Gallery:
    """People whose angles are normal about the reference, with ``photographs`` each that differ as photographs do."""
    rng = np.random.default_rng(seed)
    known = reference().population
    count = people * photographs
    whose = np.repeat(np.arange(people), photographs)
    errors = rng.multivariate_normal(np.zeros(len(ANGLES)), known.within, count)
    angles = (known.median + known.scale * rng.normal(size=(people, len(ANGLES))))[whose] + errors
    embeddings = rng.normal(size=(people, 128))[whose] + 0.2 * rng.normal(size=(count, 128))
    embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
    arrays = GalleryArrays(
        angles.astype(np.float32),
        rng.normal(size=angles.shape).astype(np.float32),
        embeddings.astype(np.float32),
        rng.normal(size=(count, len(DRAWN), 2)).astype(np.float32),
    )
    picture = io.BytesIO()
    Image.new("RGB", (16, 16), (120, 90, 80)).save(picture, "JPEG")
    info = GalleryInfo(
        schema=1,
        angles=VERSION,
        name="Invented",
        consent="nobody of them exists",
        made="2026-01-01",
        people=tuple(f"Person {number}" for number in range(people)),
        photographs=tuple(
            Photograph(person=int(person), file=f"{at}.jpg", sha256="0" * 64, origin=Provenance(source="invented"))
            for at, person in enumerate(whose)
        ),
        left_out=(LeftOut(reason="several faces", files=("group.jpg",)),),
    )
    return Gallery(info, arrays, (picture.getvalue(),) * people)


def face_like(gallery: Gallery, photograph: int, *, same_person: bool = False, seed: int = 1) -> Measured:
    """A face with the angles of a photograph, and the embedding of somebody else unless it is the ``same_person``."""
    rng = np.random.default_rng(seed)
    arrays = gallery.arrays
    other = rng.normal(size=128)
    embedding = arrays.embeddings[photograph] if same_person else other / np.linalg.norm(other)
    angles = FaceAngles(arrays.angles[photograph].astype(np.float64), arrays.differences[photograph].astype(np.float64))
    return Measured(angles, embedding.astype(np.float32), arrays.points[photograph])
