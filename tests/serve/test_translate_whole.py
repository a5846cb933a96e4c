"""The studio translates whole pictures in their own size, where the model's networks take any size."""

from __future__ import annotations

import io

import httpx
import numpy as np
import pytest
from PIL import Image
from support.serving import client, home, pixels, sentence  # noqa: F401 - client and home are fixtures


def photo(width: int, height: int) -> dict[str, tuple[str, bytes, str]]:
    content = io.BytesIO()
    noise = np.random.default_rng(0).integers(0, 256, (height, width, 3)).astype(np.uint8)
    Image.fromarray(noise).save(content, "PNG")
    return {"image": ("a.png", content.getvalue(), "image/png")}


def card(client: httpx.Client, task: str) -> dict[str, object]:
    cards = client.get("/v1/bundles").json()["bundles"]
    return next(one for one in cards if one["task"] == task)


@pytest.mark.parametrize(("size", "expected"), [("square", (64, 64)), ("keep", (50, 81)), ("100", (100, 162))])
def test_the_answer_has_the_size_that_was_asked_for(
    client: httpx.Client,
    size: str,
    expected: tuple[int, int],
) -> None:
    model = card(client, "paired")
    assert "any_size" in model["capabilities"]  # type: ignore[operator]
    for route in ("prepare", "translate"):
        answer = client.post(f"/v1/bundles/{model['id']}/{route}", files=photo(81, 50), data={"size": size})
        assert answer.status_code == 200, answer.text
        assert pixels(answer.content).shape[:2] == expected


def test_wrong_sizes_and_models_are_sentences(client: httpx.Client) -> None:
    model = card(client, "paired")
    wrong = client.post(f"/v1/bundles/{model['id']}/translate", files=photo(20, 20), data={"size": "huge"})
    assert "keep or a number" in sentence(wrong, 422)
    assert wrong.json()["code"] == "answer-size"
    assert "any_size" not in card(client, "synthesis")["capabilities"]  # type: ignore[operator]
