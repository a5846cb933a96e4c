"""The settings of a studio."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ganvas.inference.worker import JOB_SECONDS
from ganvas.serve.core.access_tokens import AccessTokens
from ganvas.serve.core.connections import ConnectionLimits
from ganvas.serve.core.decode_pool import UploadLimits
from ganvas.serve.core.hosts import HostNames

if TYPE_CHECKING:  # the catalogue needs an extra that serving models does not
    from ganvas.curate.catalog import Catalog


@dataclass(frozen=True, kw_only=True)
class StudioSettings:
    """What the operator of a studio chose.

    Attributes:
        bundles: Folder of bundle folders; None or absent: none.
        runs: Folder of run folders, whose finished bundles are served as well; None or absent: none.
        starters: Folder of bundles that ship with the package, shown beside the others; None: none.
        pictures: Folder of folders of pictures that can be trained on, where uploads go as well; None: none.
        galleries: Folder of galleries of people that a face can be compared with; None or absent: none.
        studies: Folder of studies in which people rate pictures; None or absent: none.
        hosts: Names under which the studio answers.
        tokens: The tokens of the people who may use it; None: everybody may do everything.
        public: People without a token may use models.
        rates: How often a person may do what costs, such as ``{"upload": "120/minute"}``; others keep the default.
        audit: File of the audit log; None: none.
        proxies: Addresses and networks of proxies whose word about the client counts.
        monitors: Addresses and networks that may read ``/metrics`` without a token.
        root_path: Path below which the studio lies, such as ``/ganvas``; empty: none.
        frame_ancestors: Sites that may embed the studio, such as ``https://example.org``.
        limits: Bounds of one upload.
        connections: Bounds of the connections.
        answer_seconds: Longest time that a model may take for one answer.
        poll: Seconds between two reads of the files of a run that a page follows.
        catalog: The catalogue under review. The caller closes it, after the studio; None: no review.
        reviewer: Name of the person at this machine, so that the page need not ask; None: the page asks.
        shared: Where drawings are kept that people share by link: a folder, or the address of a database as a string;
            None: sharing is off.
    """

    bundles: Path | None = None
    runs: Path | None = None
    starters: Path | None = None
    pictures: Path | None = None
    galleries: Path | None = None
    studies: Path | None = None
    hosts: HostNames = field(default_factory=HostNames)
    tokens: AccessTokens | None = None
    public: bool = False
    rates: Mapping[str, str] = field(default_factory=dict)
    audit: Path | None = None
    proxies: tuple[str, ...] = ()
    monitors: tuple[str, ...] = ()
    root_path: str = ""
    frame_ancestors: tuple[str, ...] = ()
    limits: UploadLimits = field(default_factory=UploadLimits)
    connections: ConnectionLimits = field(default_factory=ConnectionLimits)
    answer_seconds: float = JOB_SECONDS
    poll: float = 0.5
    catalog: Catalog | None = None
    reviewer: str | None = None
    shared: Path | str | None = None
