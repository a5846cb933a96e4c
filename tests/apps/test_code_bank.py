"""The projection onto the manifold against closed forms."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ganvas.apps.code_bank import EXACT_UP_TO, Bank, reconstruction_weights
from ganvas.errors import UserError


def codes(count: int, dim: int = 16, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(count, dim)).astype(np.float32)


def test_t_one_is_the_code_itself_whatever_k() -> None:
    bank, code = Bank(codes(50)), codes(1, seed=9)[0]
    for k in (1, 3, 15, 50, 99):
        assert np.array_equal(bank.project(code, k, t=1).code, code)


def test_t_zero_and_one_neighbour_is_the_banks_own() -> None:
    bank, code = Bank(codes(50)), codes(1, seed=9)[0]
    nearest = np.argmin(((bank.codes - code) ** 2).sum(1))
    projection = bank.project(code, 1, t=0)
    assert projection.neighbours.tolist() == [nearest]
    assert np.array_equal(projection.code, bank.codes[nearest])


def test_a_code_between_two_neighbours_gets_the_barycentric_weights() -> None:
    a, b = np.array([0, 0], np.float32), np.array([4, 0], np.float32)
    # The foot of (1, 2) on the line a–b stands at 1/4 of the way.
    weights = reconstruction_weights(np.array([1, 2], np.float32), np.stack([a, b]), regularisation=0)
    assert weights == pytest.approx([0.75, 0.25], abs=1e-6)


def test_inside_a_simplex_the_projection_is_the_code() -> None:
    neighbours = codes(4, dim=3)
    true = np.array([0.1, 0.2, 0.3, 0.4])
    code = (true @ neighbours).astype(np.float32)
    weights = reconstruction_weights(code, neighbours, regularisation=1e-12)
    assert weights == pytest.approx(true, abs=1e-3)


def test_weights_are_those_of_the_constrained_least_squares() -> None:
    neighbours, code, share = codes(5, dim=8), codes(1, dim=8, seed=3)[0], 1e-2
    offsets = (neighbours - code).astype(np.float64)
    penalty = share * np.trace(offsets @ offsets.T) / 5
    # Lagrange: [2(G + λI) 1; 1ᵀ 0] [w; μ] = [0; 1]
    system = np.zeros((6, 6))
    system[:5, :5] = 2 * (offsets @ offsets.T + penalty * np.eye(5))
    system[:5, 5] = system[5, :5] = 1
    expected = np.linalg.solve(system, [0, 0, 0, 0, 0, 1])[:5]
    assert reconstruction_weights(code, neighbours, share) == pytest.approx(expected, abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 20),
    st.integers(1, 32),
    st.integers(0, 10_000),
    st.sampled_from([1e-4, 1.0, 1e4]),
)
def test_weights_sum_to_one_at_any_scale_and_count(k: int, dim: int, seed: int, scale: float) -> None:
    neighbours, code = scale * codes(k, dim, seed), scale * codes(1, dim, seed + 1)[0]
    weights = reconstruction_weights(code, neighbours)
    assert weights.sum() == pytest.approx(1, abs=1e-4)
    assert np.allclose(weights, reconstruction_weights(7 * code, 7 * neighbours), atol=1e-4)


def test_duplicates_share_and_stay_finite() -> None:
    neighbour, code = codes(1)[0], codes(1, seed=5)[0]
    weights = reconstruction_weights(code, np.stack([neighbour] * 4))
    assert weights == pytest.approx([0.25] * 4, abs=1e-5)
    assert reconstruction_weights(neighbour, np.stack([neighbour] * 4)) == pytest.approx([0.25] * 4)


def test_fewer_codes_than_neighbours_asked_for_is_no_error() -> None:
    projection = Bank(codes(2)).project(codes(1, seed=1)[0], k=10)
    assert len(projection.neighbours) == 2


@pytest.fixture
def surface() -> np.ndarray:
    """Codes of pictures lie near a surface of few dimensions, not anywhere."""
    rng = np.random.default_rng(0)
    spread = rng.normal(size=(8, 32)).astype(np.float32)
    vectors: np.ndarray = rng.normal(size=(4000, 8)) @ spread + 0.05 * rng.normal(size=(4000, 32))
    return vectors.astype(np.float32)


@pytest.mark.parametrize("kind", [np.float32, np.float16])
def test_the_lists_find_what_the_exact_search_finds(
    surface: np.ndarray, kind: type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GANVAS_CACHE", str(tmp_path))
    exact, lists = Bank(surface, exact=True), Bank(surface.astype(kind), exact=False)
    rng = np.random.default_rng(1)
    queries = surface[:100] + 0.05 * rng.normal(size=(100, 32)).astype(np.float32)
    hits = [np.isin(exact.nearest(q, 10)[0], lists.nearest(q, 10)[0]).mean() for q in queries]
    assert np.mean(hits) >= 0.95
    assert lists.recall >= 0.95
    assert lists.index_bytes < exact.index_bytes
    ids, distances = lists.nearest(queries[0], 5)
    assert distances == pytest.approx(((surface[ids] - queries[0]) ** 2).sum(1), rel=1e-2)
    assert (np.diff(distances) >= 0).all()


def test_an_index_is_built_once_and_again_only_when_it_is_spoilt(
    surface: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GANVAS_CACHE", str(tmp_path))
    told: list[tuple[int, int]] = []
    first = Bank(surface, exact=False)
    first.prepare(lambda done, whole: told.append((done, whole)))
    assert told == sorted(told)
    assert told[0][0] == 0
    assert told[-1][0] < told[-1][1]
    again, built = Bank(surface.copy(), exact=False), len(told)
    again.prepare(lambda done, whole: told.append((done, whole)))
    assert len(told) == built
    assert again.recall == first.recall
    (kept,) = (tmp_path / "banks").iterdir()
    kept.write_bytes(kept.read_bytes()[: kept.stat().st_size // 2])
    spoilt = Bank(surface, exact=False)
    spoilt.prepare(lambda done, whole: told.append((done, whole)))
    assert len(told) == 2 * built
    assert np.array_equal(spoilt.nearest(surface[7], 10)[0], first.nearest(surface[7], 10)[0])


def test_few_codes_are_all_compared_and_many_are_not() -> None:
    assert Bank(np.zeros((EXACT_UP_TO, 1), np.float32)).searches_all
    assert not Bank(np.zeros((EXACT_UP_TO + 1, 1), np.float32)).searches_all


def test_the_lists_serve_fewer_codes_than_neighbours_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANVAS_CACHE", str(tmp_path))
    bank = Bank(codes(3), exact=False)
    assert 1 <= len(bank.project(codes(1, seed=1)[0], k=10).neighbours) <= 3
    same = Bank(np.ones((300, 8), np.float32), exact=False)
    assert same.project(np.ones(8, np.float32), k=5).code == pytest.approx(np.ones(8))


@pytest.mark.parametrize(("k", "t", "said"), [(0, 0.5, "k is"), (3, -0.1, "t is"), (3, 1.5, "t is")])
def test_values_outside_their_range_are_refused(k: int, t: float, said: str) -> None:
    with pytest.raises(UserError, match=said):
        Bank(codes(5)).project(codes(1)[0], k, t)


def test_an_empty_bank_is_refused() -> None:
    with pytest.raises(UserError, match="at least one"):
        Bank(np.zeros((0, 4), np.float32))
