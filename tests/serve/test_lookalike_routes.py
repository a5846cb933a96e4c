"""The look-alike routes and command: consent first, hostile pictures, nothing kept, and galleries from folders."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image

pytest.importorskip("cv2", reason="the faces extra is not installed")

from support.face_pictures import astronaut, networks  # noqa: F401 - fixtures
from support.lookalike import invented_gallery
from support.studio import served_with

from ganvas.apps.lookalike import read_gallery, write_gallery
from ganvas.apps.lookalike.angles import KEYS
from ganvas.cli import main
from ganvas.serve.core.settings import StudioSettings

EXAMPLES = Path(__file__).parents[2] / "web" / "public" / "examples"
Pixels = np.ndarray[Any, np.dtype[np.uint8]]


def file_of(picture: Pixels | Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    content = io.BytesIO()
    (picture if isinstance(picture, Image.Image) else Image.fromarray(picture)).save(content, kind, **options)
    return content.getvalue()


@pytest.fixture(scope="module")
def galleries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("galleries")
    write_gallery(folder / "invented.gallery", invented_gallery())
    (folder / "broken.gallery").write_bytes(b"PK")
    return folder


@pytest.fixture(scope="module")
def client(galleries: Path) -> Iterator[httpx.Client]:
    with served_with(StudioSettings(galleries=galleries)) as opened:
        yield opened


def ask(client: httpx.Client, content: bytes, gallery: str = "invented", **fields: object) -> httpx.Response:
    data = {"consent": "true"} | {name: str(value) for name, value in fields.items()}
    return client.post(f"/v1/galleries/{gallery}/lookalike", files={"image": ("a.png", content)}, data=data)


def test_galleries_are_listed_with_their_consent(client: httpx.Client) -> None:
    [listed] = client.get("/v1/galleries").json()
    assert listed == {
        "id": "invented",
        "name": "Invented",
        "people": 60,
        "photographs": 60,
        "consent": "nobody of them exists",
        "sources": ["invented"],
        "delete_after": None,
        "has_pictures": True,
    }
    picture = client.get("/v1/galleries/invented/people/3/picture")
    assert picture.headers["content-type"] == "image/jpeg"
    assert Image.open(io.BytesIO(picture.content)).size == (16, 16)
    for path, code in (("people/60/picture", "no-gallery-picture"), ("people/-1/picture", "no-gallery-picture")):
        answer = client.get(f"/v1/galleries/invented/{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, code)
    assert client.get("/v1/galleries/broken/people/0/picture").json()["code"] == "gallery-damaged"


def test_a_face_is_compared_and_nothing_is_kept(
    client: httpx.Client, galleries: Path, astronaut: Pixels, networks: None
) -> None:
    before = sorted(galleries.rglob("*"))
    answer = ask(client, file_of(astronaut), most=3)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert len(found["matches"]) == 3
    assert found["matches"][0]["name"].startswith("Person ")
    assert len(found["outline"]) == len(found["matches"][0]["outline"]) == 9
    reasons = [reason for match in found["matches"] for reason in match["shared"] + match["different"]]
    assert {reason["angle"] for reason in reasons} <= set(KEYS)
    assert all(len(reason["own_line"]) == len(reason["other_line"]) == 3 for reason in reasons)
    assert sorted(galleries.rglob("*")) == before
    shrunk = ask(client, file_of(Image.fromarray(astronaut).resize((256, 256))), most=3).json()
    assert {match["person"] for match in shrunk["matches"]} & {match["person"] for match in found["matches"]}
    assert ask(client, file_of(astronaut), weight=1).json()["matches"][0]["overall"] > 0.9


REFUSED = ["no consent", "no gallery", "text", "one pixel", "40 megapixels", "no face", "weight"]


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_compared_is_refused(client: httpx.Client, networks: None, name: str) -> None:
    plain = file_of(np.full((300, 300, 3), 200, np.uint8))
    answer, status, code = {
        "no consent": lambda: (ask(client, plain, consent="false"), 422, "consent-needed"),
        "no gallery": lambda: (ask(client, plain, "nobody"), 404, "no-gallery"),
        "text": lambda: (ask(client, b"a text, and no picture"), 415, "not-a-picture"),
        "one pixel": lambda: (ask(client, file_of(np.zeros((1, 1, 3), np.uint8))), 422, "picture-too-small"),
        "40 megapixels": lambda: (ask(client, file_of(Image.new("1", (8000, 5001)))), 413, "picture-too-large"),
        "no face": lambda: (ask(client, plain), 422, "no-face"),
        "weight": lambda: (ask(client, plain, weight=2), 422, "invalid-request"),
    }[name]()
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


def test_pictures_of_faces_that_cannot_be_compared(client: httpx.Client, astronaut: Pixels, networks: None) -> None:
    head = astronaut[:300, 80:380]
    five = np.concatenate([head] * 5, axis=1)
    refused = ask(client, file_of(five))
    assert (refused.status_code, refused.json()["code"]) == (422, "several-faces")
    assert refused.json()["params"] == {"count": 5}
    small = ask(client, file_of(Image.fromarray(astronaut).resize((96, 96))))
    assert small.json()["code"] in ("face-too-small", "no-face")
    frames = [Image.fromarray(head), Image.new("RGB", (300, 300))]
    film = ask(client, file_of(frames[0], "GIF", save_all=True, append_images=frames[1:], loop=0))
    assert (film.status_code, film.json()["code"]) == (422, "animation")


def test_a_gallery_is_built_from_a_folder_and_asked_by_command(
    tmp_path: Path, astronaut: Pixels, networks: None, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "people"
    for number in (1, 2, 3):
        (folder / f"p{number}").mkdir(parents=True)
        (folder / f"p{number}" / "a.jpg").write_bytes((EXAMPLES / f"portrait-{number}.jpg").read_bytes())
    Image.fromarray(astronaut[:, ::-1]).save(folder / "p1" / "b.png")
    (folder / "p2" / "text.jpg").write_text("no picture")
    Image.new("RGB", (200, 200)).save(folder / "p3" / "black.png")
    made, names = tmp_path / "three.gallery", tmp_path / "names.csv"
    names.write_text("p1,Ann\np2,Ben\n", encoding="utf-8")
    command = ["lookalike", "build", str(folder), "-o", str(made), "--processes", "1", "--names", str(names)]
    assert main(command) == 2
    assert "--consent" in capsys.readouterr().err
    assert main([*command, "--consent", "public domain portraits", "--licence", "Public domain"]) == 0
    said = capsys.readouterr().out
    assert "3 people in 4 photographs" in said
    assert "no face was found: p3/black.png" in said
    gallery = read_gallery(made)
    assert gallery.info.people == ("Ann", "Ben", "p3")
    assert [photograph.file for photograph in gallery.info.photographs if photograph.person == 0] == [
        "p1/a.jpg",
        "p1/b.png",
    ]
    assert all(photograph.origin and photograph.origin.licence for photograph in gallery.info.photographs)
    assert "p2/text.jpg" in [file for left in gallery.info.left_out for file in left.files]
    face = tmp_path / "face.png"
    Image.fromarray(astronaut).save(face)
    asked = ["lookalike", str(face), "--gallery", str(made), "-o", str(tmp_path / "drawn")]
    assert main(asked) == 2
    assert "--agree" in capsys.readouterr().err
    assert main([*asked, "--agree", "--count", "2"]) == 0
    said = capsys.readouterr().out
    assert "1. " in said
    assert "of pairs of strangers" in said
    with Image.open(tmp_path / "drawn" / "01.png") as drawn:
        assert "algorithmicMedia" in drawn.info["XML:com.adobe.xmp"]
    assert main(["lookalike", str(names), "--gallery", str(made), "--agree"]) == 2
    assert "cannot be used" in capsys.readouterr().err
