"""The optional extras of the package: which of their packages are not installed."""

from __future__ import annotations

from importlib import metadata

from packaging.requirements import Requirement


def missing_packages(extra: str) -> list[str]:
    """The packages of an optional extra of Ganvas that are not installed, as its metadata lists them."""
    requirements = (Requirement(text) for text in metadata.requires("ganvas") or [])
    return [
        requirement.name
        for requirement in requirements
        if requirement.marker is not None
        and requirement.marker.evaluate({"extra": extra})
        and not requirement.marker.evaluate({"extra": ""})
        and not _is_installed(requirement.name)
    ]


def _is_installed(package: str) -> bool:
    try:
        metadata.distribution(package)
    except metadata.PackageNotFoundError:
        return False
    return True
