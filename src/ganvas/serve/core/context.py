"""The context of a request: the settings, the models, the runs, and the states of the features."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, TypeVar

from fastapi import Depends, Request

from ganvas.bundle import Bundle
from ganvas.runs.folder import RunDir
from ganvas.serve.core.access import Access
from ganvas.serve.core.bundle_store import BundleStore
from ganvas.serve.core.decode_pool import DecodePool
from ganvas.serve.core.engine import Engine
from ganvas.serve.core.errors import MissingError
from ganvas.serve.core.local_paths import LocalPaths
from ganvas.serve.core.metrics import Metrics, NoMetrics
from ganvas.serve.core.run_store import RunStore
from ganvas.serve.core.settings import StudioSettings

T = TypeVar("T")


@dataclass
class StudioContext:
    """What the routes of all features work with.

    Attributes:
        settings: What the operator chose.
        bundles: The bundles that can be used.
        runs: The runs in the runs folder.
        engine: Runs the models.
        decoder: Decodes uploaded pictures.
        states: The states of the features, by type.
        access: Who may do what.
        metrics: Counts what the studio does.
        paths: The folders that no answer may name.
        probes: What must answer before the studio can, by name; each raises an error if it does not.
        stopping: True once the studio was asked to stop: streams end then.
    """

    settings: StudioSettings
    bundles: BundleStore
    runs: RunStore
    engine: Engine
    decoder: DecodePool
    access: Access
    paths: LocalPaths
    metrics: Metrics = field(default_factory=NoMetrics)
    probes: dict[str, Callable[[], object]] = field(default_factory=dict)
    states: dict[type, object] = field(default_factory=dict)
    stopping: bool = False

    def state(self, kind: type[T]) -> T:
        """The state of a feature.

        Args:
            kind: Its type.
        """
        found = self.states[kind]
        assert isinstance(found, kind)
        return found

    def bundle(self, name: str) -> Bundle:
        """The bundle of an id.

        Raises:
            MissingError: There is none.
            UserError: It cannot be used.
        """
        found = self.bundles.find(name)
        if found is None:
            raise MissingError(
                f"There is no bundle {name!r}; see /v1/bundles for those there are.",
                code="no-bundle",
                params={"bundle": name},
            )
        return found

    def run(self, name: str) -> RunDir:
        """The run of an id.

        Raises:
            MissingError: There is none.
        """
        found = self.runs.find(name)
        if found is None:
            raise MissingError(
                f"There is no run {name!r}; see /v1/runs for those there are.", code="no-run", params={"run": name}
            )
        return found


def _context(request: Request) -> StudioContext:
    found: StudioContext = request.app.state.context
    return found


Context = Annotated[StudioContext, Depends(_context)]
