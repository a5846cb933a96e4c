"""Names, protocols, streams and caches of the fidelity metrics."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from support.fidelity import (  # noqa: F401 - fixtures
    one_thread,
    own_cache,
    pictures,
    tiny,
    values,
)
from torch import Tensor

from ganvas.errors import UserError
from ganvas.evaluate import fidelity, report
from ganvas.models.features import FrozenFeatures


def test_every_result_is_named_after_what_it_is_and_carries_its_protocol(tiny: FrozenFeatures) -> None:
    results = fidelity.evaluate([pictures(50, 1)], [pictures(60, 0)], tiny, seed=5)
    assert [result.metric for result in results] == [
        "fd_tiny",
        "kid_tiny",
        "is_tiny",
        "precision_tiny",
        "recall_tiny",
    ]
    for result in results:
        assert (
            result.protocol.items()
            >= {
                "features": "tiny",
                "features_sha256": "0" * 64,
                "resize": "bicubic-antialiased 16",
                "real_count": 60,
                "fake_count": 50,
                "seed": 5,
            }.items()
        )
        json.dumps(result.protocol)
    assert results[1].protocol["subset_size"] == 25
    assert results[2].protocol["splits"] == 10
    assert results[3].protocol["k"] == 3


def test_only_the_published_network_gives_the_published_names() -> None:
    names = {net: [fidelity.metric_name(m, net) for m in fidelity.METRICS] for net in ("inception", "inception-clean")}
    assert names["inception"] == ["fid", "kid", "is", "precision_inception", "recall_inception", "mifid"]
    assert names["inception-clean"][:3] == ["clean_fid", "clean_kid", "is_inception_clean"]
    assert fidelity.metric_name("fid", "effnet") == "fd_effnet"
    assert fidelity.metric_name("kid", "effnet") == "kid_effnet"
    assert fidelity.metric_name("mifid", "effnet") == "mifd_effnet"


def test_batches_of_any_size_stream_to_the_same_numbers(tiny: FrozenFeatures) -> None:
    real, fake = pictures(70, 0), pictures(45, 1)
    at_once = values(fidelity.evaluate([fake], [real], tiny))
    streamed = values(fidelity.evaluate(fake.split(7), iter(real.split(32)), tiny))
    assert streamed == pytest.approx(at_once, rel=1e-4, abs=1e-6)


def test_the_seed_decides_every_draw(tiny: FrozenFeatures) -> None:
    def run(seed: int) -> list[fidelity.Result]:
        return fidelity.evaluate([pictures(60, 1)], [pictures(60, 0)], tiny, ["kid", "is"], seed=seed)

    assert run(1) == run(1)
    assert run(1)[0].std != run(2)[0].std
    assert run(1)[0].value == run(2)[0].value


def test_counts_limit_the_streams_without_reading_on(tiny: FrozenFeatures) -> None:
    def endless(seed: int) -> Iterator[Tensor]:
        while True:
            yield pictures(9, seed)

    seen: list[tuple[str, int]] = []
    results = fidelity.evaluate(
        endless(1),
        endless(0),
        tiny,
        ["kid"],
        real_count=40,
        fake_count=20,
        progress=lambda which, done: seen.append((which, done)),
    )
    assert (results[0].protocol["real_count"], results[0].protocol["fake_count"]) == (40, 20)
    assert ("real", 40) in seen
    assert seen[-1] == ("fake", 20)


def forbidden() -> Iterator[Tensor]:
    raise AssertionError("the real pictures were read although their features are kept")
    yield


def test_real_features_are_kept_and_not_measured_again(tiny: FrozenFeatures) -> None:
    fake, real = pictures(50, 1), pictures(60, 0)
    first = fidelity.evaluate([fake], [real], tiny, fingerprint="portraits")
    assert fidelity.evaluate([fake], forbidden(), tiny, fingerprint="portraits") == first


def test_any_change_of_the_measurement_is_another_key(tiny: FrozenFeatures) -> None:
    def key(dataset: str = "a", count: int | None = 10, **changes: Any) -> Path:
        features = FrozenFeatures.__new__(FrozenFeatures)
        features.__dict__.update({**tiny.__dict__, **changes})
        return fidelity.statistics_path(dataset, features, count)

    keys = [key(), key("b"), key(count=11), key(count=None), key(sha256="1" * 64), key(resize="nearest 16")]
    assert len(set(keys)) == len(keys)
    assert key() == key()


def test_a_spoiled_cache_file_is_measured_anew(tiny: FrozenFeatures) -> None:
    fake, real = pictures(50, 1), pictures(60, 0)
    first = fidelity.evaluate([fake], [real], tiny, fingerprint="portraits")
    path = fidelity.statistics_path("portraits", tiny, None)
    for spoiled in (b"", b"PK\x03\x04 not a zip", path.read_bytes()[:-200]):
        path.write_bytes(spoiled)
        assert fidelity.evaluate([fake], [real], tiny, fingerprint="portraits") == first


def test_quick_kid_takes_few_pictures_and_keeps_the_reals(tiny: FrozenFeatures) -> None:
    fake, real = pictures(80, 1, 20), pictures(90, 0)
    result = fidelity.quick_kid(fake.split(8), real.split(8), tiny, fingerprint="p", count=40)
    assert result.metric == "kid_tiny"
    assert (result.protocol["real_count"], result.protocol["fake_count"]) == (40, 40)
    assert fidelity.quick_kid(fake.split(8), forbidden(), tiny, fingerprint="p", count=40) == result
    alike = fidelity.quick_kid(pictures(40, 2).split(8), forbidden(), tiny, fingerprint="p", count=40)
    assert alike.value < result.value


@pytest.mark.parametrize(("metric", "made"), [("fid", 1), ("kid", 3), ("precision", 3), ("recall", 3)])
def test_too_few_pictures_is_one_sentence(tiny: FrozenFeatures, metric: fidelity.Metric, made: int) -> None:
    with pytest.raises(UserError, match=f"there are 20 and {made}"):
        fidelity.evaluate([pictures(made, 1)], [pictures(20, 0)], tiny, [metric])


def test_no_pictures_or_an_unknown_metric_is_one_sentence(tiny: FrozenFeatures) -> None:
    with pytest.raises(UserError, match="no fake pictures"):
        fidelity.evaluate([], [pictures(20, 0)], tiny)
    with pytest.raises(UserError, match="no metric called 'fad'"):
        fidelity.evaluate([], [], tiny, ["fad"])  # type: ignore[list-item]


def test_features_without_a_classifier_have_no_inception_score(tiny: FrozenFeatures) -> None:
    bare = FrozenFeatures.__new__(FrozenFeatures)
    bare.__dict__.update({**tiny.__dict__, "_head": None})
    results = fidelity.evaluate([pictures(20, 1)], [pictures(20, 0)], bare, ["is", "kid"])
    assert [result.metric for result in results] == ["kid_tiny"]


def test_results_come_back_from_their_lines(tiny: FrozenFeatures, tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    results = fidelity.evaluate([pictures(20, 1)], [pictures(20, 0)], tiny)
    report.append(path, results, 1000)
    report.append(path, results[:1], 2000)
    with path.open("a") as file:
        file.write('{"nimg": 3000, "metric": "kid')  # a kill in the middle of a line
    assert report.read(path) == [(1000, result) for result in results] + [(2000, results[0])]
    first = json.loads(path.read_text().splitlines()[0])
    assert set(first) == {"nimg", "metric", "value", "std", "protocol"}
    assert report.read(tmp_path / "absent.jsonl") == []


def test_the_table_shows_each_figure_and_which_way_is_better(tiny: FrozenFeatures) -> None:
    protocol = {"real_count": 1200, "fake_count": 1000, "features": "effnet", "resize": "bicubic-antialiased 224"}
    results = [
        fidelity.Result("kid_effnet", 0.01234567, 0.00101, protocol),
        fidelity.Result("fd_effnet", 123.456, None, protocol),
        fidelity.Result("precision_effnet", 0.5, None, protocol),
    ]
    console = Console(width=120, record=True, file=None, quiet=False)
    with console.capture() as captured:
        console.print(report.table(results, "Against held-out pictures"))
    text = captured.get()
    for expected in ("0.01235 ± 0.00101", "123.46", "0.500", "lower", "higher", "1,200", "effnet"):
        assert expected in text
    assert len(report.notes(results)) == 2
    assert report.notes(results[2:])[0].startswith("These values were measured on EfficientNet")


@pytest.mark.parametrize(
    ("metric", "way"),
    [("fid", "lower"), ("clean_kid", "lower"), ("is_effnet", "higher"), ("recall_inception", "higher")],
)
def test_which_way_is_better(metric: str, way: str) -> None:
    assert report.better(metric) == way
