"""What the studio is asked: at least one question per route, and what is refused."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from golden.pictures import picture, png, strokes

PHOTO: dict[str, Any] = {"files": {"image": ("photo.png", png(picture(4, 80, 60)), "image/png")}}
LARGE: dict[str, Any] = {"files": {"image": ("photo.png", png(picture(7, 200, 160)), "image/png")}}
SKETCH: dict[str, Any] = {"files": {"image": ("sketch.png", png(strokes()), "image/png")}}
TORN: dict[str, Any] = {"files": {"image": ("torn.png", b"\x89PNG\r\n\x1a\nrubbish", "image/png")}}
TINY: dict[str, Any] = {"files": {"image": ("tiny.png", png(picture(0, 2, 2)), "image/png")}}
BOTH: dict[str, Any] = {"files": {**PHOTO["files"], "reference": ("other.png", png(picture(5, 60, 80)), "image/png")}}
DRAWING = {
    "format": "ganvas-drawing",
    "version": 1,
    "marks": [{"tool": "pen", "width": 0.01, "dots": [[0.1, 0.2, 1.0], [0.5, 0.5, 0.5]]}],
}
POINTS = [{"seed": 1}, {"seed": 2}]


class Ask(NamedTuple):
    """A request; ``more`` is what the client takes besides."""

    method: str
    path: str
    more: Mapping[str, Any] = MappingProxyType({})


def _get(path: str, **more: Any) -> Ask:
    return Ask("GET", path, more)


def _json(path: str, **body: Any) -> Ask:
    return Ask("POST", path, {"json": body})


def _send(path: str, files: dict[str, Any], **fields: Any) -> Ask:
    return Ask("POST", path, {**files, "data": fields})


# Answers of these hold neither times nor addresses and are recorded with their values.
VALUES = {
    "/v1/bundles/shelf/abilities",
    "/v1/bundles/shelf/directions",
    "/v1/bundles/shelf/portrait",
}

# Asked of every model.
COMMON = {
    "health": _get("/v1/health"),
    "bundles": _get("/v1/bundles"),
    "a bundle": _get("/v1/bundles/shelf"),
    "the bundle of a run": _get("/v1/bundles/golden"),
    "a preview": _get("/v1/bundles/shelf/preview.png"),
    "runs": _get("/v1/runs"),
    "a run": _get("/v1/runs/golden"),
    "a sheet": _get("/v1/runs/golden/sheets/24.png"),
    "abilities": _get("/v1/bundles/shelf/abilities"),
    "directions": _get("/v1/bundles/shelf/directions"),
    "a picture of a seed": _get("/v1/bundles/shelf/image.png?seed=5"),
    "generate": _json("/v1/bundles/shelf/generate", seeds=[1, 2], psi=0.7),
    "interpolate": _json("/v1/bundles/shelf/interpolate", points=POINTS, steps=2),
    "translate": _send("/v1/bundles/shelf/translate", PHOTO),
    "translate back": _send("/v1/bundles/shelf/translate", PHOTO, direction="b_to_a"),
    "heatmap": _send("/v1/bundles/shelf/heatmap", PHOTO),
    "prepare": _send("/v1/bundles/shelf/prepare", PHOTO),
    "parts of a portrait": _get("/v1/bundles/shelf/portrait"),
    "a portrait": _send("/v1/bundles/shelf/portrait", SKETCH, k=2),
    "a sketch of a photo": _send("/v1/bundles/shelf/sketch", PHOTO),
    "carry a style over": _send("/v1/bundles/shelf/reference", PHOTO, seed=3),
    "neighbours": _get("/v1/runs/golden/neighbours?count=2&seed=7"),
}
OF_SYNTHESIS = {
    "stats": _get("/v1/runs/golden/stats"),
    "stats from then on": _get("/v1/runs/golden/stats?after=16"),
    "no such sheet": _get("/v1/runs/golden/sheets/7.png"),
    "no such bundle": _get("/v1/bundles/nowhere"),
    "no such run": _get("/v1/runs/nowhere"),
    "no such route": _get("/v1/nowhere"),
    "no such file of the pages": _get("/assets/nowhere.js"),
    "no such method": Ask("POST", "/v1/health"),
    "no seed": _get("/v1/bundles/shelf/image.png"),
    "a seed that is none": _get("/v1/bundles/shelf/image.png?seed=-1"),
    "no such class": _get("/v1/bundles/shelf/image.png?seed=1&class=3"),
    "truncated": _get("/v1/bundles/shelf/image.png?seed=5&psi=0.5"),
    "no seeds": _json("/v1/bundles/shelf/generate", seeds=[]),
    "a seed too large": _json("/v1/bundles/shelf/generate", seeds=[2**40]),
    "a field that is not known": _json("/v1/bundles/shelf/generate", seeds=[1], nonsense=1),
    "a body that is no JSON": Ask("POST", "/v1/bundles/shelf/generate", {"content": b"{"}),
    "a walk that closes": _json("/v1/bundles/shelf/interpolate", points=POINTS, steps=2, loop=True, psi=0.7),
    "a walk too long": _json("/v1/bundles/shelf/interpolate", points=POINTS * 8, steps=120),
    "a latent that is none": _json("/v1/bundles/shelf/interpolate", points=[{"latent": "?"}, {"seed": 2}]),
    "a film": _json("/v1/bundles/shelf/film", points=POINTS, steps=3, format="gif", fps=10),
    "mix": _json("/v1/bundles/shelf/mix", rows=POINTS, columns=[{"seed": 3}]),
    "mix in layers": _json("/v1/bundles/shelf/mix", rows=POINTS, columns=[{"seed": 3}], first_layer=1, last_layer=2),
    "mix in layers that are not there": _json("/v1/bundles/shelf/mix", rows=POINTS, columns=POINTS, first_layer=99),
    "some directions": _get("/v1/bundles/shelf/directions?first_layer=1&last_layer=2&count=3"),
    "edit": _json("/v1/bundles/shelf/edit", points=POINTS, strengths=[{"number": 0, "strength": 2.0}]),
    "no such direction": _json("/v1/bundles/shelf/edit", points=POINTS, strengths=[{"number": 9999, "strength": 1}]),
    "make-up without a face": _send("/v1/makeup", BOTH, consent="true"),
    "make-up without a reference": _send("/v1/makeup", PHOTO),
    "prepare make-up without a face": _send("/v1/makeup/prepare", PHOTO, consent="true"),
    "no review is open": _get("/v1/review"),
}
OF_PAIRED = {
    "a large photo": _send("/v1/bundles/shelf/translate", LARGE),
    "a drawing": _send("/v1/bundles/shelf/translate", SKETCH, prepared="true"),
    "a photo as if prepared": _send("/v1/bundles/shelf/translate", PHOTO, prepared="true"),
    "no picture": Ask("POST", "/v1/bundles/shelf/translate"),
    "a damaged picture": _send("/v1/bundles/shelf/translate", TORN),
    "a picture too small": _send("/v1/bundles/shelf/translate", TINY),
    "no such direction": _send("/v1/bundles/shelf/translate", PHOTO, direction="sideways"),
    "a projection": _send("/v1/bundles/shelf/project", PHOTO),
}
OF_PORTRAIT = {
    "with the nearest sketches": _send("/v1/bundles/shelf/portrait", SKETCH, k=3, t="0.2", shadow="true"),
    "shares by part": _send("/v1/bundles/shelf/portrait", SKETCH, k=3, t='{"mouth": 0.8}'),
    "of a photo": _send("/v1/bundles/shelf/portrait", PHOTO, k=2, prepared="false"),
    "more sketches than there are": _send("/v1/bundles/shelf/portrait", SKETCH, k=50),
    "too many sketches": _send("/v1/bundles/shelf/portrait", SKETCH, k=1000),
    "no sketches": _send("/v1/bundles/shelf/portrait", SKETCH, k=0),
    "a share too large": _send("/v1/bundles/shelf/portrait", SKETCH, t="7"),
    "a share that is none": _send("/v1/bundles/shelf/portrait", SKETCH, t="much"),
    "a part that is none": _send("/v1/bundles/shelf/portrait", SKETCH, t='{"hat": 1}'),
    "a drawing": _send("/v1/bundles/shelf/translate", SKETCH, prepared="true"),
    "share nothing": _json("/v1/drawings"),
    "share what is no drawing": _json("/v1/drawings", model="shelf", drawing={"format": "other"}),
    "share for no model": _json("/v1/drawings", model="nowhere", drawing=DRAWING),
    "share as text": Ask("POST", "/v1/drawings", {"content": b"{}", "headers": {"content-type": "text/plain"}}),
    "no such drawing": _get("/v1/drawings/nowhere"),
}
OF_UNPAIRED = {
    "heatmap back": _send("/v1/bundles/shelf/heatmap", PHOTO, direction="b_to_a"),
    "a picture as it is": _send("/v1/bundles/shelf/translate", LARGE, prepared="true"),
    "a damaged picture": _send("/v1/bundles/shelf/heatmap", TORN),
}
OF_REFERENCE = {
    "to a class": _send("/v1/bundles/shelf/reference", PHOTO, seed=3, **{"class": 1}),
    "by a reference": _send("/v1/bundles/shelf/reference", BOTH, **{"class": 1}),
    "by both": _send("/v1/bundles/shelf/reference", BOTH, seed=3, share=0.5, **{"class": 0}),
    "by a reference of no class": _send("/v1/bundles/shelf/reference", BOTH),
    "no such class": _send("/v1/bundles/shelf/reference", PHOTO, **{"class": 7}),
    "keep the face of no face": _send("/v1/bundles/shelf/reference", PHOTO, keep="true"),
    "a share too large": _send("/v1/bundles/shelf/reference", BOTH, share=2, **{"class": 0}),
}
ASKS: dict[str, dict[str, Ask]] = {
    "synthesis": COMMON | OF_SYNTHESIS,
    "paired": COMMON | OF_PAIRED,
    "portrait": COMMON | OF_PORTRAIT,
    "unpaired": COMMON | OF_UNPAIRED,
    "reference": COMMON | OF_REFERENCE,
}


def _verdicts(*verdicts: dict[str, Any], reviewer: str = "Ann") -> dict[str, Any]:
    return {"reviewer": reviewer, "verdicts": list(verdicts)}


ROUND = "/v1/review/1"
ANN = [
    {"id": 1, "verdict": "drop", "reason": "eyes", "client_id": "1"},
    {"id": 2, "verdict": "keep", "client_id": "2"},
    {"id": 3, "verdict": "skip", "client_id": "3"},
    {"id": 999, "verdict": "keep", "client_id": "4"},
]
BEN = [{"id": 1, "verdict": "keep", "client_id": "5"}, {"id": 2, "verdict": "keep", "client_id": "6"}]
# In this order: each changes what the next ones answer.
ASKS_OF_A_REVIEW = {
    "before the first round": _get("/v1/review"),
    "no round yet": _get(ROUND),
    "begin a round": _json("/v1/review/rounds", scope="all", overlap=1),
    "a scope that is none": _json("/v1/review/rounds", scope="nonsense"),
    "the review": _get("/v1/review"),
    "a queue of somebody who has not joined": _get(f"{ROUND}/queue?reviewer=Ann&count=3"),
    "join": _json(f"{ROUND}/reviewers", reviewer="Ann"),
    "a queue": _get(f"{ROUND}/queue?reviewer=Ann&count=3"),
    "a queue of nobody": _get(f"{ROUND}/queue"),
    "verdicts": _json(f"{ROUND}/verdicts", **_verdicts(*ANN)),
    "verdicts again": _json(f"{ROUND}/verdicts", **_verdicts(*ANN)),
    "no verdicts": _json(f"{ROUND}/verdicts", **_verdicts()),
    "verdicts of another": _json(f"{ROUND}/verdicts", **_verdicts(*BEN, reviewer="Ben")),
    "what was skipped": _get(f"{ROUND}/queue?reviewer=Ann&skipped=true"),
    "the next ones": _get(f"{ROUND}/queue?reviewer=Ann&after=2&count=2"),
    "a round": _get(ROUND),
    "agreement": _get(f"{ROUND}/agreement"),
    "undo": _json(f"{ROUND}/undo", reviewer="Ben", client_id="7"),
    "the same undo": _json(f"{ROUND}/undo", reviewer="Ben", client_id="7"),
    "a picture": _get("/v1/pictures/1"),
    "no such picture": _get("/v1/pictures/999"),
    "a picture that is no number": _get("/v1/pictures/one"),
    "a thumbnail": _get("/v1/pictures/1/thumbnail"),
    "a small thumbnail": _get("/v1/pictures/1/thumbnail?size=128"),
    "a thumbnail of a size that is none": _get("/v1/pictures/1/thumbnail?size=7"),
    "no such round": _get("/v1/review/9"),
}
