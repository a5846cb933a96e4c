"""Decoding takes turns among people, is bounded, and never holds up what decodes nothing."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from support.studio import served

from ganvas.bundle import write_bundle
from ganvas.inference.worker import BusyError
from ganvas.models.families import FAMILIES
from ganvas.serve.app import create_app
from ganvas.serve.core import decode_pool
from ganvas.serve.core.decode_pool import DecodePool, UploadLimits
from ganvas.serve.core.settings import StudioSettings


def png(side: int) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (side, side)).save(content, "PNG")
    return content.getvalue()


class SlowDecoder:
    """Stands for the decoder processes: a picture of side 99 takes until ``gate`` is set."""

    def __init__(self) -> None:
        self.gate, self.begun = threading.Event(), threading.Event()
        self.sides: list[int] = []

    def request(
        self, process: object, header: dict[str, Any], content: bytes, seconds: float
    ) -> tuple[dict[str, Any], bytes]:
        side = Image.open(io.BytesIO(content)).width
        self.begun.set()
        if side == 99:
            self.gate.wait(20)
        self.sides.append(side)
        return {"width": side, "height": side, "mode": "RGB"}, bytes(3 * side * side)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowDecoder]:
    made = SlowDecoder()
    monkeypatch.setattr(decode_pool._DecodeProcess, "request", lambda *rest: made.request(*rest))
    yield made
    made.gate.set()


def test_people_take_turns(slow: SlowDecoder) -> None:
    pool = DecodePool(UploadLimits(workers=1))
    futures = [pool.submit(png(99), Image.Image.copy, person="ann")]
    assert slow.begun.wait(10)
    futures += [pool.submit(png(10 + number), Image.Image.copy, person="ann") for number in range(5)]
    futures += [pool.submit(png(50), Image.Image.copy, person="bob")]
    slow.gate.set()
    for future in futures:
        future.result(10)
    assert slow.sides.index(50) <= 2, "bob waits for one of ann's pictures and not for all"
    pool.close()


def test_an_upload_whose_sender_is_gone_is_not_decoded(slow: SlowDecoder) -> None:
    pool = DecodePool(UploadLimits(workers=1))
    first = pool.submit(png(99), Image.Image.copy)
    assert slow.begun.wait(10)
    gone = pool.submit(png(30), Image.Image.copy)
    assert gone.cancel()
    last = pool.submit(png(31), Image.Image.copy)
    slow.gate.set()
    assert last.result(10).width == 31
    first.result(10)
    with pytest.raises(CancelledError):
        gone.result()
    assert 30 not in slow.sides
    pool.close()


def test_what_waits_is_bounded_by_person_and_in_all(slow: SlowDecoder) -> None:
    size = len(png(99))
    pool = DecodePool(UploadLimits(workers=1, waiting_per_person=2 * size, waiting=4 * size))
    for person in ("ann", "ann", "bob"):
        pool.submit(png(99), Image.Image.copy, person=person)
    with pytest.raises(BusyError, match="waiting to be read"):
        pool.submit(png(99), Image.Image.copy, person="ann")
    last = pool.submit(png(99), Image.Image.copy, person="bob")
    with pytest.raises(BusyError):
        pool.submit(png(99), Image.Image.copy, person="eve")
    slow.gate.set()
    last.result(10)
    pool.close()


def test_what_is_waiting_is_counted_down_again(slow: SlowDecoder) -> None:
    pool = DecodePool(UploadLimits(workers=1))
    pool.submit(png(20), Image.Image.copy, person="ann").result(10)
    assert pool._waiting.total() == 0
    pool.close()


def test_uploads_in_the_decoder_hold_up_no_other_answer(slow: SlowDecoder, tmp_path: Path) -> None:
    for family in ("dcgan", "pix2pix"):
        made = FAMILIES[family](*FAMILIES[family].tiny(), 1.0)
        write_bundle(tmp_path / family, made, name=family, kimg=1.0, onnx=False)
    app = create_app(settings=StudioSettings(bundles=tmp_path))
    with served(app) as (client, _), ThreadPoolExecutor(40) as people:
        content = png(99)
        answers = [
            people.submit(client.post, "/v1/bundles/pix2pix/translate", files={"image": ("a.png", content)})
            for _ in range(30)
        ]
        assert slow.begun.wait(10)
        for address in ("/v1/health", "/v1/bundles", "/v1/bundles/dcgan/image.png?seed=1"):
            assert client.get(address, timeout=10).status_code == 200
        slow.gate.set()
        assert {answer.result(20).status_code for answer in answers} == {200}
