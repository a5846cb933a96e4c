"""Two studios that share a folder of bundles, a file of tokens, a catalogue and the drawings of people."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from support.database import filled
from support.studio import served_with

from ganvas import starters
from ganvas.curate.catalog import Catalog
from ganvas.curate.review.review import Review
from ganvas.errors import UserError
from ganvas.inference.worker import BusyError
from ganvas.serve.core.access_tokens import add_token, read_tokens
from ganvas.serve.core.errors import NoRoomError
from ganvas.serve.core.settings import StudioSettings
from ganvas.serve.features.draw.drawing_table import DrawingTable

MODEL = "sketch-portrait-128"
DRAWING = {
    "format": "ganvas-drawing",
    "version": 1,
    "marks": [{"tool": "pen", "width": 0.01, "dots": [[0.1, 0.2, 1.0], [0.5, 0.5, 0.5]]}],
}


@pytest.fixture
def address(database: str | None, tmp_path: Path) -> str:
    return database or f"sqlite:///{tmp_path}/drawings.db"


@pytest.fixture
def replicas(tmp_path: Path, address: str) -> Iterator[tuple[httpx.Client, httpx.Client]]:
    root = tmp_path / "catalogue"
    owner = add_token(tmp_path / "tokens.json", "owner")
    with filled(root, address, 4) as first, Catalog.open(root, address) as second:
        Review(first).open_round()
        first_settings, second_settings = (
            StudioSettings(
                starters=starters.FOLDER,
                catalog=catalog,
                shared=address,
                tokens=read_tokens(tmp_path / "tokens.json"),
            )
            for catalog in (first, second)
        )
        with served_with(first_settings) as one, served_with(second_settings) as other:
            answer = one.post("/v1/session", json={"token": owner, "name": "Ann"})
            other.cookies = one.cookies
            assert answer.status_code == 200
            yield one, other


def test_what_one_studio_keeps_the_other_has(replicas: tuple[httpx.Client, httpx.Client]) -> None:
    one, other = replicas
    shared = one.post("/v1/drawings", json={"model": MODEL, "drawing": DRAWING})
    assert shared.status_code == 200, shared.text
    assert other.get(f"/v1/drawings/{shared.json()['id']}").json()["drawing"]["marks"] == DRAWING["marks"]
    for client in replicas:
        assert client.post("/v1/review/1/reviewers", json={"reviewer": "Ann"}).status_code == 200
        assert client.get("/v1/ready").status_code == 200
    verdicts = [{"id": picture, "verdict": "keep", "client_id": f"{picture}"} for picture in (1, 2, 3)]
    for client in (one, other):  # a proxy that lost the answer sends a request again, to the other
        sent = client.post("/v1/review/1/verdicts", json={"reviewer": "Ann", "verdicts": verdicts})
        assert sent.status_code == 200, sent.text
    assert (
        other.get("/v1/review/1/queue", params={"reviewer": "Ann"}).json()
        == one.get("/v1/review/1/queue", params={"reviewer": "Ann"}).json()
    )
    assert [client.get("/v1/review").json()["rounds"][0]["settled"] for client in replicas] == [3, 3]


def test_a_database_holds_as_many_drawings_as_it_may(address: str) -> None:
    one, other = DrawingTable(address, most=2), DrawingTable(address, most=2)
    names = [one.keep(b"a"), other.keep(b"b"), other.keep(b"a")]
    assert names[2] == names[0]
    assert [one.find(name) for name in names] == [b"a", b"b", b"a"]
    with pytest.raises(NoRoomError, match="No more drawings"):
        one.keep(b"c")
    assert one.find("' OR 1 = 1 --") is None
    for table in (one, other):
        table.close()


def test_a_database_that_is_away_is_said(tmp_path: Path) -> None:
    with pytest.raises(
        UserError, match=r"^postgresql\S+://ganvas:\*\*\*@127.0.0.1:1/x cannot hold drawings \(.*--shared"
    ):
        DrawingTable("postgresql://ganvas:secret@127.0.0.1:1/x")
    with pytest.raises(UserError, match="cannot hold drawings"):
        DrawingTable("oracle://x/y")
    table = DrawingTable(f"sqlite:///{tmp_path}/drawings.db")
    table.close()
    (tmp_path / "drawings.db").unlink()
    (tmp_path / "drawings.db").mkdir()
    for call in (lambda: table.keep(b"a"), lambda: table.find("0" * 24)):
        with pytest.raises(BusyError, match="try again"):
            call()
