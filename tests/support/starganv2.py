"""Small StarGAN v2 families."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture(scope="module")
def networks() -> Any:
    from support.face_pictures import networks as found

    yield from found.__wrapped__()  # type: ignore[attr-defined]
