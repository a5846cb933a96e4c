"""Where each pixel of a face lies in a picture of another face, on the same and on the other side, by the mesh."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from ganvas.apps.makeup.colour import step
from ganvas.curate.faces import Face
from ganvas.curate.faces.landmarks import MIRROR
from ganvas.curate.faces.networks import Floats
from ganvas.curate.faces.pose import frontal_points

Doubles = npt.NDArray[np.float64]

_HIDDEN, _SEEN = 0.1, 0.4  # cosine between the surface and the direction to the camera: hidden below, seen from on


class Correspondence(NamedTuple):
    """``places`` and ``twins`` float32 [H, W, 2]: where a pixel lies in the other picture, (x, y), and where its mirror
    image on the other half of that face lies. ``seen`` and ``twin_seen`` float32 [H, W] in [0, 1]: how well the surface
    is seen there. ``inside`` bool [H, W]: the pixel lies on the mesh."""

    places: Floats
    twins: Floats
    seen: Floats
    twin_seen: Floats
    inside: npt.NDArray[np.bool_]


def correspondence(face: Face, other: Face, shape: tuple[int, ...]) -> Correspondence:
    """Map a face's pixels to another face, piecewise affinely over the triangles of the mesh.

    The triangles are Delaunay's of the frontal pose, so that those of a turned head are those of the surface.

    Args:
        face: In the coordinates of the picture that is to be changed.
        other: In the coordinates of its own picture.
        shape: Of the picture that is to be changed: (H, W) or (H, W, 3).
    """
    triangles = surface_triangles(face)
    seen = _seen(other, triangles)
    mirror = np.array(MIRROR)
    to = other.landmarks[:, :2]
    values = np.column_stack([to, to[mirror], seen, seen[mirror]]).astype(np.float64)
    drawn, inside = spread(values, face, triangles, shape)
    return Correspondence(
        np.ascontiguousarray(drawn[..., :2]),
        np.ascontiguousarray(drawn[..., 2:4]),
        np.clip(drawn[..., 4], 0, 1),
        np.clip(drawn[..., 5], 0, 1),
        inside,
    )


def spread(
    values: Doubles, face: Face, triangles: npt.NDArray[np.int64], shape: tuple[int, ...]
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Values of the 468 points [468, K], interpolated linearly over the triangles: float32 [H, W, K], and bool [H, W]:
    the pixel lies on the mesh (elsewhere the values are 0)."""
    height, width = shape[:2]
    points = face.landmarks[:, :2].astype(np.float64)
    corners = np.concatenate([points[triangles], np.ones((len(triangles), 3, 1))], axis=2)
    sound = np.abs(np.linalg.det(corners)) > 1e-3
    triangles, corners = triangles[sound], corners[sound]
    matrices = np.linalg.solve(corners, values[triangles]).astype(np.float32)  # (x, y, 1) → values
    # Far triangles first: where the surface covers itself, the nearer one is drawn over the farther one.
    order = np.argsort(-face.landmarks[triangles, 2].mean(axis=1))
    which = np.full((height, width), -1, np.int32)
    for number in order:
        corner = np.round(points[triangles[number]] * 16).astype(np.int32)
        cv2.fillConvexPoly(which, corner, int(number), shift=4)
    inside = which >= 0
    rows, columns = np.nonzero(inside)
    places = np.stack([columns, rows, np.ones_like(rows)], axis=1).astype(np.float32)
    drawn = np.zeros((height, width, values.shape[1]), np.float32)
    drawn[inside] = np.einsum("nk,nkc->nc", places, matrices[which[inside]])
    return drawn, inside


def surface_triangles(face: Face) -> npt.NDArray[np.int64]:
    """Delaunay's triangles of the frontal points, indices [T, 3], counter-clockwise on a plane whose y grows down."""
    points = (frontal_points(face.landmarks)[:, :2] * 1000).astype(np.float32)
    low = np.floor(points.min(0)) - 2
    size = np.ceil(points.max(0) - low).astype(int) + 4
    plane = cv2.Subdiv2D((0, 0, int(size[0]), int(size[1])))
    names: dict[tuple[float, float], int] = {}
    for index, (x, y) in enumerate(points - low):
        names.setdefault((float(x), float(y)), index)
        plane.insert((float(x), float(y)))
    found = []
    for triangle in np.asarray(plane.getTriangleList()).reshape(-1, 3, 2):
        corners = [names.get((float(x), float(y))) for x, y in triangle]
        if None not in corners:
            found.append(corners)
    triangles = np.array(found, dtype=np.int64)
    a, b, c = (points[triangles[:, column]] for column in range(3))
    turned = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) < (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    triangles[turned] = triangles[turned][:, ::-1]
    return triangles


def _seen(face: Face, triangles: npt.NDArray[np.int64]) -> Doubles:
    """How well the surface is seen at each of the 468 points, in [0, 1]."""
    points = face.landmarks.astype(np.float64)
    a, b, c = (points[triangles[:, column]] for column in range(3))
    normals = np.cross(b - a, c - a)
    summed = np.zeros_like(points)
    for column in range(3):
        np.add.at(summed, triangles[:, column], normals)
    facing = summed[:, 2] / np.maximum(np.linalg.norm(summed, axis=1), 1e-9)
    return step(facing.astype(np.float32), _HIDDEN, _SEEN).astype(np.float64)
