"""Metrics of the studio in Prometheus' form: requests, answers of models, queues and memory.

No label holds a name, an address, or anything else of a person or of an upload: routes appear as their templates.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

from ganvas.inference.worker import PoolUsage
from ganvas.serve.core.errors import MissingError

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
REQUEST_SECONDS = (0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 120.0)
MODEL_SECONDS = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 120.0)


class Metrics(Protocol):
    """Counts what a studio does."""

    def count_request(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count a request whose answer begins.

        Args:
            route: Template of the route, such as ``/v1/bundles/{id}``.
            method: The HTTP method.
            status: The HTTP status.
            seconds: Time from the request's headers to the beginning of the answer.
        """

    def count_answer(self, bundle: str, outcome: str, seconds: float) -> None:
        """Count the answer of a model.

        Args:
            bundle: Name of the bundle.
            outcome: answered, failed, cancelled or refused.
            seconds: Time from the request to the answer, waiting included.
        """

    def text(self, usage: PoolUsage) -> tuple[bytes, str]:
        """All metrics, and their media type.

        Args:
            usage: What the models take at this moment.

        Raises:
            UserError: This studio has no metrics.
        """


class NoMetrics:
    """The metrics of a studio that lacks the package for them."""

    def count_request(self, route: str, method: str, status: int, seconds: float) -> None:
        """Ignored."""

    def count_answer(self, bundle: str, outcome: str, seconds: float) -> None:
        """Ignored."""

    def text(self, usage: PoolUsage) -> tuple[bytes, str]:
        """Refused.

        Raises:
            MissingError: Always.
        """
        raise MissingError(
            "This studio has no metrics; its operator can install them: pip install 'ganvas[metrics]'.",
            code="no-metrics",
        )


class PrometheusMetrics:
    """Metrics in a registry of their own, so that several studios in one process do not mix."""

    def __init__(self) -> None:
        import prometheus_client as prometheus

        self._prometheus: Any = prometheus
        self._registry = prometheus.CollectorRegistry()
        prometheus.ProcessCollector(registry=self._registry)
        self._usage = PoolUsage()
        self._registry.register(self)
        self._requests = prometheus.Counter(
            "ganvas_requests", "Requests.", ["route", "method", "status"], registry=self._registry
        )
        self._request_seconds = prometheus.Histogram(
            "ganvas_request_seconds",
            "Time to the beginning of an answer.",
            ["route"],
            buckets=REQUEST_SECONDS,
            registry=self._registry,
        )
        self._answers = prometheus.Counter(
            "ganvas_model_answers", "Answers of models.", ["bundle", "outcome"], registry=self._registry
        )
        self._model_seconds = prometheus.Histogram(
            "ganvas_model_seconds",
            "Time of an answer of a model, waiting included.",
            ["bundle"],
            buckets=MODEL_SECONDS,
            registry=self._registry,
        )

    def count_request(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count a request."""
        self._requests.labels(route, method if method in METHODS else "other", str(status)).inc()
        self._request_seconds.labels(route).observe(seconds)

    def count_answer(self, bundle: str, outcome: str, seconds: float) -> None:
        """Count the answer of a model."""
        self._answers.labels(bundle, outcome).inc()
        if outcome == "answered":
            self._model_seconds.labels(bundle).observe(seconds)

    def collect(self) -> Iterator[Any]:
        """What is read at the moment of a scrape; called by the registry."""
        from prometheus_client.core import GaugeMetricFamily as gauge  # noqa: N813

        yield gauge("ganvas_waiting_jobs", "Jobs of models that wait or run.", value=self._usage.waiting)
        yield gauge("ganvas_loaded_models", "Models in memory.", value=self._usage.models)
        yield gauge("ganvas_loaded_model_bytes", "Estimated memory of the loaded models.", value=self._usage.bytes)

    def text(self, usage: PoolUsage) -> tuple[bytes, str]:
        """All metrics, and their media type."""
        self._usage = usage
        return self._prometheus.generate_latest(self._registry), self._prometheus.CONTENT_TYPE_LATEST


def open_metrics() -> Metrics:
    """The metrics of a new studio: those of Prometheus where its package is installed."""
    try:
        return PrometheusMetrics()
    except ImportError:
        return NoMetrics()
