"""Sessions of ONNX Runtime."""

from __future__ import annotations

import pytest

from ganvas.onnx_session import open_graph

onnxruntime = pytest.importorskip("onnxruntime")


def test_no_usage_data_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[str] = []
    monkeypatch.setattr(onnxruntime, "disable_telemetry_events", lambda: called.append("disabled"))
    monkeypatch.setattr(onnxruntime, "InferenceSession", lambda *_, **__: called.append("opened"))
    open_graph(b"")
    assert called == ["disabled", "opened"]
