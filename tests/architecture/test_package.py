"""The build configuration names a file from which the build back end can read the version."""

import re
import tomllib
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_build_finds_the_version_where_the_configuration_says() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    source = ROOT / settings["tool"]["hatch"]["version"]["path"]
    declared = re.search(r"^__version__ = \"(.+?)\"$", source.read_text(encoding="utf-8"), re.MULTILINE)
    assert declared is not None, f"{source.name} declares no version, and no wheel could be built"
    assert declared[1] == version("ganvas")
