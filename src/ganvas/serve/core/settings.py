"""The settings of a studio."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ganvas.inference.worker import JOB_SECONDS
from ganvas.serve.core.connections import ConnectionLimits
from ganvas.serve.core.decode_pool import UploadLimits

if TYPE_CHECKING:  # the catalogue needs an extra that serving models does not
    from ganvas.curate.catalog import Catalog


@dataclass(frozen=True, kw_only=True)
class StudioSettings:
    """What the operator of a studio chose.

    Attributes:
        bundles: Folder of bundle folders; None or absent: none.
        runs: Folder of run folders, whose finished bundles are served as well; None or absent: none.
        starters: Folder of bundles that ship with the package, shown beside the others; None: none.
        hosts: Values of the ``Host`` header that are answered, without the port; empty: any.
        limits: Bounds of one upload.
        connections: Bounds of the connections.
        answer_seconds: Longest time that a model may take for one answer.
        poll: Seconds between two reads of the files of a run that a page follows.
        catalog: The catalogue under review. The caller closes it, after the studio; None: no review.
        reviewer: Name of the person at this machine, so that the page need not ask; None: the page asks.
        shared: Folder in which drawings are kept that people share by link; None: sharing is off.
    """

    bundles: Path | None = None
    runs: Path | None = None
    starters: Path | None = None
    hosts: tuple[str, ...] = ()
    limits: UploadLimits = field(default_factory=UploadLimits)
    connections: ConnectionLimits = field(default_factory=ConnectionLimits)
    answer_seconds: float = JOB_SECONDS
    poll: float = 0.5
    catalog: Catalog | None = None
    reviewer: str | None = None
    shared: Path | None = None
