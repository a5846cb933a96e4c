"""The upload for banks: size, weight, colour space and mark."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageCms
from support.cards import head, layout

from ganvas.apps.card.bank_jpeg import bank_jpeg
from ganvas.apps.card.marks import marked_png
from ganvas.apps.card.profiles import BankProfile, bank_profile, bank_profiles
from ganvas.errors import UserError


@pytest.mark.parametrize("name", [profile.name for profile in bank_profiles()])
def test_every_bank_gets_the_shape_of_a_card_at_least_as_large_as_it_demands(name: str) -> None:
    profile = bank_profile(name)
    width, height = profile.size("landscape")
    assert width >= profile.width
    assert height >= profile.height
    assert width / height == pytest.approx(85.60 / 53.98, rel=2e-3)
    assert profile.size("portrait") == (height, width)


def test_the_jpeg_is_srgb_of_that_size_with_the_mark_and_the_text() -> None:
    made = bank_jpeg(layout(), head(), bank_profile("aktia"), "Pencil & ink")
    with Image.open(io.BytesIO(made.content)) as image:
        assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (1024, 646))
        profile = ImageCms.ImageCmsProfile(io.BytesIO(image.info["icc_profile"]))
        assert "sRGB" in ImageCms.getProfileDescription(profile)
        assert image.info["dpi"][0] == pytest.approx(304, abs=1)
        mark = image.info["xmp"].decode()
    assert "digitalsourcetype/compositeWithTrainedAlgorithmicMedia" in mark
    assert "Pencil &amp; ink" in mark
    without = bank_jpeg(layout(), head(), bank_profile("aktia"), None)
    assert b"DigitalSourceType" not in without.content, "a photograph is not marked"


def test_the_quality_falls_until_the_file_is_light_enough() -> None:
    noise = np.random.default_rng(0).integers(0, 255, (600, 600, 4), dtype=np.uint8)
    noise[..., 3] = 255
    light = BankProfile(name="light", title="Light", width=600, height=378, megabytes=0.12)
    heavy = bank_jpeg(layout(), noise, light.model_copy(update={"megabytes": 10}), None)
    made = bank_jpeg(layout(), noise, light, None)
    assert heavy.quality == 95 > made.quality
    assert len(made.content) <= 120_000 < len(heavy.content)
    with pytest.raises(UserError, match=r"does not become smaller than 0\.01 MB"):
        bank_jpeg(layout(), noise, light.model_copy(update={"megabytes": 0.01}), None)


def test_a_cartoon_says_in_its_png_that_a_model_made_it() -> None:
    with Image.open(io.BytesIO(marked_png(head(40), "Pencil"))) as image:
        assert image.mode == "RGBA"
        assert "trainedAlgorithmicMedia" in image.text["XML:com.adobe.xmp"]
        assert "drawn by the model Pencil" in image.text["XML:com.adobe.xmp"]
