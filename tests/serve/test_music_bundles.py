"""A studio that has a music model among the others."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from support.music import midi_file, random_rolls, roll_spec
from support.serving import make_run
from support.studio import served_with

from ganvas.bundle import Bundle, read_bundle, write_bundle
from ganvas.curate.dataset.dataset import Dataset
from ganvas.curate.music.pack import pack_rolls
from ganvas.inference.music import MusicOptions, compose, notes_of
from ganvas.models.families.musegan import MuseGAN, MuseGANConfig
from ganvas.serve.core.engine import Engine
from ganvas.serve.core.settings import StudioSettings
from ganvas.spec import DataSpec
from ganvas.train.sample_sheets import Sheets

OUTSIDE = [[2, 40, 0, 1], [-1, 40, 0, 1], [0, 35, 0, 1], [0, 72, 0, 1], [0, 40, -1, 1], [0, 40, 9, 8], [0, 40, 0, 0]]
"""Notes outside of two tracks, three octaves from 36 and sixteen steps, as (track, pitch, start, length)."""


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    config = MuseGANConfig(z_dim=8, width=2, variant="shared_trunk")  # type: ignore[call-arg]
    family = MuseGAN(config, DataSpec(roll=roll_spec()), 1.0)  # type: ignore[call-arg]
    family.measure_standing_statistics()
    folder = tmp_path_factory.mktemp("bundles") / "duo"
    write_bundle(folder, family.eval(), name="Duo", kimg=1, onnx=True)
    return read_bundle(folder)


def test_the_card_names_the_page_and_the_tracks(bundle: Bundle) -> None:
    with served_with(StudioSettings(bundles=bundle.path.parent, runs=bundle.path.parent / "none")) as client:
        (card,) = [one for one in client.get("/v1/bundles").json()["bundles"] if one["name"] == "Duo"]
        assert (card["task"], card["page"], card["accepts"]) == ("music", "music", ["seed"])
        assert card["summary"]["params"] == {"bars": 2, "count": 2}
        assert client.get(card["preview_url"]).status_code == 200
        refused = client.post("/v1/bundles/duo/generate", json={"seeds": [1]})
    assert (refused.status_code, refused.json()["code"]) == (422, "takes-music")
    assert bundle.info.data.roll == roll_spec()


def test_both_engines_compose_the_same_phrases(bundle: Bundle) -> None:
    info, found = bundle.info, []
    for name in ("onnxruntime", "torch"):
        engine = Engine(engine=name)  # type: ignore[arg-type]
        work = engine.submit_session(bundle, lambda session: compose(session, info.z_dim, info.data, [1, 2]))
        found.append(work.result())
        engine.close()
    np.testing.assert_array_equal(*found)
    assert found[0].shape == (2, 16, 36, 2)


def test_a_piece_comes_as_notes_of_the_named_tracks(bundle: Bundle) -> None:
    info, spec = bundle.info, roll_spec()
    with served_with(StudioSettings(bundles=bundle.path.parent, runs=bundle.path.parent / "none")) as client:
        known = client.get("/v1/bundles/duo/music").json()
        assert [track["name"] for track in known["tracks"]] == ["high", "low"]
        assert (known["bars"], known["beats"], known["beat_steps"], known["given"]) == (2, 2, 4, None)
        piece = client.post("/v1/bundles/duo/compose", json={"seeds": [3], "threshold": 0.2}).json()
        longer = client.post("/v1/bundles/duo/compose", json={"seeds": [3, 4], "phrases": 3, "threshold": 0.2}).json()
        refused = client.post("/v1/bundles/duo/accompany", files={"music": ("tune.mid", b"MThd")})
    engine = Engine(engine="torch")
    options = MusicOptions(threshold=0.2)
    rolls = engine.submit_session(
        bundle, lambda session: compose(session, info.z_dim, info.data, [3], options)
    ).result()
    engine.close()
    assert [tuple(note.values()) for note in piece["notes"]] == notes_of(rolls[0], spec)
    assert piece["notes"]
    assert piece["steps"] == spec.steps
    assert longer["steps"] == 3 * spec.steps
    assert (refused.status_code, refused.json()["code"]) == (422, "accompanies-nothing")


def test_a_given_track_is_returned_with_the_others(tmp_path: Path) -> None:
    spec = roll_spec()
    config = MuseGANConfig(z_dim=8, width=2, variant="shared_trunk", accompany="low")  # type: ignore[call-arg]
    family = MuseGAN(config, DataSpec(roll=spec), 1.0)  # type: ignore[call-arg]
    family.measure_standing_statistics()
    write_bundle(tmp_path / "with-bass", family.eval(), name="With bass", kimg=1, onnx=False)
    tune = midi_file([[(beat, 1, 40 + beat) for beat in range(8)]], names=("low",), numerator=2)
    long = midi_file([[(beat, 1, 40 + beat % 8) for beat in range(4 * 65)]], names=("low",), numerator=2)
    with served_with(StudioSettings(bundles=tmp_path, runs=tmp_path / "none")) as client:
        assert client.get("/v1/bundles/with-bass/music").json()["given"] == 1
        answer = client.post(
            "/v1/bundles/with-bass/accompany", files={"music": ("tune.mid", tune)}, data={"seed": 1}
        ).json()
        damaged = client.post("/v1/bundles/with-bass/accompany", files={"music": ("tune.mid", b"MThd")})
        too_long = client.post("/v1/bundles/with-bass/accompany", files={"music": ("long.mid", long)})
    given = [(note["pitch"], note["start"], note["length"]) for note in answer["notes"] if note["track"] == 1]
    assert given == [(40 + beat, 4 * beat, 4) for beat in range(8)]
    assert (damaged.status_code, damaged.json()["code"]) == (422, "music-unreadable")
    assert (too_long.status_code, too_long.json()["code"]) == (422, "music-too-long")
    assert "long.mid has 65 phrases, and at most 64" in too_long.json()["detail"]


def test_the_notes_of_a_sheet_are_stored_beside_it_and_come_by_phrase(tmp_path: Path) -> None:
    torch.manual_seed(0)
    spec = roll_spec()
    config = MuseGANConfig(z_dim=8, width=2, variant="shared_trunk")  # type: ignore[call-arg]
    family = MuseGAN(config, DataSpec(roll=spec), 1.0)  # type: ignore[call-arg]
    with torch.no_grad():
        for parameter in family.parameters():
            if parameter.ndim > 1:
                parameter.mul_(4.0)  # or it would be silent
    family.measure_standing_statistics()
    run = make_run(tmp_path / "runs" / "duo")
    packed = pack_rolls(random_rolls(tmp_path / "rolls.npz", spec), tmp_path / "packed.zip", roll=spec)
    _, answers = Sheets(run, family, Dataset(packed.path)).write(family, 2000)
    stored = json.loads((run.sheets / "000002000.json").read_text())
    torn_file = run.sheets / "000000000.json"
    with served_with(StudioSettings(runs=tmp_path / "runs")) as client:
        sheet = client.get("/v1/runs/duo").json()["sheets"][-1]
        music = client.get(sheet["music"]).json()
        contents = [stored | {"phrases": [[note]]} for note in OUTSIDE]
        contents += [stored | {"performance": {"tempo": 0}}, stored | {"performance": {"programs": [1]}}]
        torn_file.write_text('{"phrases": 1')
        refused = [client.get("/v1/runs/duo/sheets/0/music")]
        for content in contents:
            torn_file.write_text(json.dumps(content))
            refused.append(client.get("/v1/runs/duo/sheets/0/music"))
        torn_file.write_text(json.dumps(stored | {"performance": {"tempo": 84, "programs": [73, None]}}))
        played = client.get("/v1/runs/duo/sheets/0/music").json()["format"]
        torn_file.unlink()
        missing = client.get("/v1/runs/duo/sheets/0/music")
        assert client.get("/v1/runs/duo").json()["sheets"][0]["music"] is None
    assert (missing.status_code, missing.json()["code"]) == (404, "no-sheet-notes")
    assert {(answer.status_code, answer.json()["code"]) for answer in refused} == {(404, "sheet-notes-damaged")}
    assert (played["tempo"], [track["program"] for track in played["tracks"]]) == (84, [73, 42])
    assert music["format"]["tempo"] == 100
    assert [track["program"] for track in music["format"]["tracks"]] == [40, 42]
    found = [[tuple(note.values()) for note in phrase["notes"]] for phrase in music["phrases"]]
    assert found == [notes_of(roll > 127, spec) for roll in answers]
    assert len(found) == 12
    assert any(found)
