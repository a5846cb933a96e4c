"""A studio that has a music model among the others."""

from __future__ import annotations

import numpy as np
import pytest
from support.music import roll_spec
from support.studio import served_with

from ganvas.bundle import Bundle, read_bundle, write_bundle
from ganvas.inference.music import compose
from ganvas.models.families.musegan import MuseGAN, MuseGANConfig
from ganvas.serve.core.engine import Engine
from ganvas.serve.core.settings import StudioSettings
from ganvas.spec import DataSpec


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
