"""What several tests need: few threads, an own cache, and pictures drawn on the spot."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw
from support.file_order import rank

SHARED = Path(__file__).parents[2] / "shared" / "data"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests last: while Playwright is open, its event loop runs in the main thread, where others need one."""
    items.sort(key=lambda item: rank(item.path.as_posix()))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """The scheduler of several workers; see :mod:`support.scheduling`."""
    if config.getoption("dist") != "loadfile":
        return None
    from support.scheduling import BrowserApart

    return BrowserApart(config, log)


def pytest_runtest_setup() -> None:
    """Keep the table of ONNX functions, which the exporter builds anew for each graph in 0.4 s, for the session."""
    if exporter := sys.modules.get("torch.onnx._internal.exporter._registration"):
        made = exporter.ONNXRegistry.from_torchlib
        if not hasattr(made, "cache_info"):
            exporter.ONNXRegistry.from_torchlib = staticmethod(cache(made))


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> None:
    # Under xdist several processes share the cores, and threads that compete are several times slower than none.
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # of the commands that tests start
    try:
        import torch
    except ImportError:
        return
    torch.set_num_threads(1)


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Tests neither read nor fill the user's cache, but for the pinned weights in it, which are what they are."""
    from ganvas.weights import weights_dir

    os.environ.setdefault("GANVAS_WEIGHTS", str(weights_dir()))
    os.environ["GANVAS_CACHE"] = str(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """24 drawn pictures of 48 × 40 in two classes: bright discs and dark squares on coloured ground."""
    folder = tmp_path_factory.mktemp("pictures")
    generator = np.random.default_rng(0)
    for index in range(24):
        label = ("disc", "square")[index % 2]
        ground = tuple(int(c) for c in generator.integers(60, 200, 3))
        image = Image.new("RGB", (48, 40), ground)
        draw = ImageDraw.Draw(image)
        x, y, side = (int(n) for n in generator.integers(6, 18, 3))
        shade = int(generator.integers(0, 50))
        if label == "disc":
            draw.ellipse((x, y, x + side, y + side), fill=(255 - shade, 240, 200))
        else:
            draw.rectangle((x, y, x + side, y + side), fill=(shade, 20, 40))
        path = folder / label / f"{index:03d}.png"
        path.parent.mkdir(exist_ok=True)
        image.save(path)
    return folder


@pytest.fixture
def shared_data() -> Path:
    """The folder of real data sets; the test is skipped where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the real data sets are not beside this checkout")
    return SHARED


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Callable[[], str]]:
    """A PostgreSQL of this test run; each call gives the address of an empty database."""
    from support.database import postgresql

    with postgresql() as fresh:
        yield fresh


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str | None:
    """The address of an empty database for a catalogue: each test that asks for it runs on both kinds."""
    return None if request.param == "sqlite" else request.getfixturevalue("postgresql_server")()
