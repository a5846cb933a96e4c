"""Similarity against scikit-image, torchmetrics, numbers of piq 0.8.0, closed forms, and published figures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from skimage import metrics as skimage
from torch import Tensor
from torchmetrics.functional.image import multiscale_structural_similarity_index_measure as their_ms_ssim

from ganvas.errors import UserError
from ganvas.evaluate import report, similarity
from ganvas.evaluate.similarity import diversity, gmsd, lpips, ms_ssim, psnr, ssim
from ganvas.models.perceptual import LPIPS

# piq 0.8.0 on the pictures of the fixture ``pair``: grey MS-SSIM, GMSD, GMSD of the first 101 × 75 pixels.
PIQ_MS_SSIM, PIQ_GMSD, PIQ_GMSD_ODD = 0.9849943239908453, 0.035363561231043714, 0.03435198055743312


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def pair() -> tuple[np.ndarray, np.ndarray]:
    """Waves in three colours, and the same with noise: uint8 [192, 208, 3] each."""
    y, x = np.mgrid[:192, :208]
    real = np.stack([127 + 100 * np.sin(x / (5 + 9 * c) + y / (7 + 3 * c) + c) for c in range(3)], 2)
    noise = np.random.default_rng(0).normal(0, 15, real.shape)
    return np.clip(real + noise, 0, 255).astype(np.uint8), real.astype(np.uint8)


def batch(picture: np.ndarray) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(picture))[None]


def nchw(picture: np.ndarray) -> Tensor:
    return batch(picture).permute(0, 3, 1, 2).double()


# ── Against independent implementations ─────────────────────────────────────────────────────────────────────────────


def test_psnr_is_scikit_images(pair: tuple[np.ndarray, np.ndarray]) -> None:
    made, real = pair
    expected = skimage.peak_signal_noise_ratio(real, made)
    assert psnr(batch(made), batch(real)).item() == pytest.approx(expected, rel=1e-9)
    inner = skimage.peak_signal_noise_ratio(real[4:-4, 4:-4], made[4:-4, 4:-4])
    assert psnr(batch(made), batch(real), border=4).item() == pytest.approx(inner, rel=1e-9)


def test_ssim_is_scikit_images(pair: tuple[np.ndarray, np.ndarray]) -> None:
    made, real = pair
    settings = {"gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False, "data_range": 255}
    expected = skimage.structural_similarity(real, made, channel_axis=2, **settings)
    assert ssim(batch(made), batch(real)).item() == pytest.approx(expected, rel=1e-9)
    grey = skimage.structural_similarity(real[..., 0], made[..., 0], **settings)
    assert ssim(batch(made[..., :1]), batch(real[..., :1])).item() == pytest.approx(grey, rel=1e-9)


def test_ms_ssim_is_torchmetrics_but_for_its_edge_and_piqs(pair: tuple[np.ndarray, np.ndarray]) -> None:
    """torchmetrics lets reflected edges into the coarsest scale, which moves the fourth digit; piq does not."""
    made, real = pair
    ours = ms_ssim(batch(made[..., :1]), batch(real[..., :1])).item()
    theirs = their_ms_ssim(nchw(made)[:, :1], nchw(real)[:, :1], data_range=255.0)
    assert ours == pytest.approx(float(theirs), abs=5e-4)
    assert ours == pytest.approx(PIQ_MS_SSIM, abs=1e-9)


def test_gmsd_is_piqs(pair: tuple[np.ndarray, np.ndarray]) -> None:
    made, real = pair
    assert gmsd(batch(made), batch(real)).item() == pytest.approx(PIQ_GMSD, abs=1e-9)
    odd = gmsd(batch(made[:101, :75]), batch(real[:101, :75])).item()
    assert odd == pytest.approx(PIQ_GMSD_ODD, abs=1e-9)


# ── Against closed forms ────────────────────────────────────────────────────────────────────────────────────────────


def flat(value: int, side: int = 16, channels: int = 3) -> Tensor:
    return torch.full((1, side, side, channels), value, dtype=torch.uint8)


def test_psnr_of_a_known_error() -> None:
    assert psnr(flat(110), flat(100)).item() == pytest.approx(20 * np.log10(255 / 10))
    assert psnr(flat(7), flat(7)).item() == float("inf")
    # On luma an error of ten in all channels is 219 / 255 as large.
    expected = 20 * np.log10(255 / (10 * 219 / 255))
    assert psnr(flat(110), flat(100), space="y").item() == pytest.approx(expected, rel=1e-6)


def test_the_luma_has_the_studio_range_and_bt601s_weights() -> None:
    red = flat(0)
    red[..., 0] = 255
    assert psnr(red, flat(0), space="y").item() == pytest.approx(20 * np.log10(255 / 65.481), rel=1e-6)
    assert psnr(flat(255), flat(0), space="y").item() == pytest.approx(20 * np.log10(255 / 219), rel=1e-6)


def test_ssim_of_flat_pictures_is_its_luminance_term() -> None:
    c1 = (0.01 * 255) ** 2
    expected = (2 * 50 * 100 + c1) / (50**2 + 100**2 + c1)
    assert ssim(flat(50), flat(100)).item() == pytest.approx(expected, rel=1e-9)


def test_gmsd_ignores_what_is_the_same_everywhere_and_counts_a_single_edge() -> None:
    """A vertical step of 30 in one of two flat pictures: written out by hand on the halved luma."""
    assert gmsd(flat(10, 32), flat(200, 32)).item() > 0  # only the edge of the picture, where beyond it lies black
    step = flat(0, 32, 1)
    step[:, :, 16:] = 30
    gradient = np.zeros((16, 16))
    gradient[:, 7:9] = 30.0  # three rows of 30, divided by three
    gradient[[0, -1], 7:9] = 20.0  # at the top and the bottom only two rows count across
    gradient[:, 15] = 30.0
    gradient[[0, -1], 15] = 20.0
    down = np.zeros((16, 16))
    down[[0, -1], 8] = 20.0
    down[[0, -1], 9:15] = 30.0
    down[[0, -1], 15] = 20.0
    down[[0, -1], 7] = 10.0
    magnitude = np.sqrt(gradient**2 + down**2)
    agreement = 170 / (magnitude**2 + 170)
    assert gmsd(step, flat(0, 32, 1)).item() == pytest.approx(agreement.std(), rel=1e-9)


def test_every_measure_knows_equal_pictures(pair: tuple[np.ndarray, np.ndarray]) -> None:
    _, real = pair
    same = (batch(real), batch(real))
    assert (ssim(*same).item(), ms_ssim(*same).item()) == (pytest.approx(1), pytest.approx(1))
    assert gmsd(*same).item() == 0
    assert lpips(*same, tiny_lpips()).item() == 0


def test_floats_in_our_range_and_bytes_are_the_same_pictures(pair: tuple[np.ndarray, np.ndarray]) -> None:
    made, real = (batch(one) for one in pair)
    as_float = [one.permute(0, 3, 1, 2).double() / 127.5 - 1 for one in (made, real)]
    for measure in (psnr, ssim, ms_ssim, gmsd):
        assert measure(*as_float).item() == pytest.approx(measure(made, real).item(), rel=1e-9)


def test_grey_beside_colour_is_grey_in_three_channels() -> None:
    rng = torch.Generator().manual_seed(0)
    grey = torch.randint(0, 256, (1, 16, 16, 1), dtype=torch.uint8, generator=rng)
    colour = torch.randint(0, 256, (1, 16, 16, 3), dtype=torch.uint8, generator=rng)
    assert psnr(grey, colour).item() == pytest.approx(psnr(grey.expand(-1, -1, -1, 3), colour).item())


# ── Many pairs ──────────────────────────────────────────────────────────────────────────────────────────────────────


def tiny_lpips() -> LPIPS:
    torch.manual_seed(0)
    return LPIPS("alex")


def test_the_mean_is_over_pairs_however_they_are_batched(pair: tuple[np.ndarray, np.ndarray]) -> None:
    made = torch.cat([batch(pair[0]), batch(pair[1]), batch(pair[0])])
    real = torch.cat([batch(pair[1])] * 3)
    names: list[similarity.Similarity] = ["psnr", "ssim_y", "gmsd", "lpips_alex"]
    whole = similarity.similarity([(made, real)], names, nets=[tiny_lpips()])
    split = similarity.similarity([(made[:1], real[:1]), (made[1:], real[1:])], names, nets=[tiny_lpips()])
    assert [result.metric for result in whole] == names
    for one, other in zip(whole, split, strict=True):
        assert one.value == pytest.approx(other.value, rel=1e-5)
        assert one.protocol == other.protocol
        assert one.protocol["fake_count"] == one.protocol["real_count"] == 3
    noisy = psnr(made[:1], real[:1]).item()
    assert whole[0].value == pytest.approx((2 * noisy + 100) / 3)  # an equal pair counts 100 dB
    assert whole[0].std == pytest.approx(np.std([noisy, 100, noisy]))


def test_a_single_pair_has_no_deviation_and_the_protocol_says_how(pair: tuple[np.ndarray, np.ndarray]) -> None:
    found = similarity.similarity([(batch(pair[0]), batch(pair[1]))], ["psnr_y", "gmsd"], border=4)
    assert [result.std for result in found] == [None, None]
    assert found[0].protocol["space"] == "y-bt601 16-235"
    assert found[0].protocol["border"] == 4
    assert report.better("psnr_y") == report.better("ms_ssim") == "higher"
    assert report.better("lpips_vgg") == report.better("gmsd") == "lower"
    assert report.better("diversity_lpips_alex") == "higher"


def test_diversity_is_the_mean_over_all_pairs_of_a_group() -> None:
    rng = torch.Generator().manual_seed(0)
    group = torch.randint(0, 256, (3, 40, 40, 3), dtype=torch.uint8, generator=rng)
    net = tiny_lpips()
    pairs = [lpips(group[i : i + 1], group[j : j + 1], net).item() for i, j in ((0, 1), (0, 2), (1, 2))]
    alike = group[:1].expand(4, -1, -1, -1)
    found = diversity([group, alike], net)
    assert found.metric == "diversity_lpips_alex"
    assert found.value == pytest.approx(np.mean(pairs) / 2, rel=1e-5)
    assert found.protocol["groups"] == 2
    assert found.protocol["fake_count"] == 7


@pytest.mark.parametrize(
    ("measure", "side", "says"),
    [(ssim, 10, "at least 11 × 11"), (ms_ssim, 160, "at least 161 × 161"), (gmsd, 3, "at least 4 × 4")],
)
def test_pictures_too_small_are_one_sentence(measure: object, side: int, says: str) -> None:
    assert callable(measure)
    with pytest.raises(UserError, match=says):
        measure(flat(1, side), flat(2, side))


def test_mistakes_are_one_sentence() -> None:
    with pytest.raises(UserError, match="16 × 16 and 1 of 20 × 20"):
        psnr(flat(1), flat(1, 20))
    with pytest.raises(UserError, match="border of 8"):
        psnr(flat(1), flat(1), border=8)
    with pytest.raises(UserError, match="at least 31 × 31"):
        lpips(flat(1), flat(1), tiny_lpips())
    with pytest.raises(UserError, match="no similarity called 'psmr'"):
        similarity.similarity([], ["psmr"])  # type: ignore[list-item]
    with pytest.raises(UserError, match="no pairs"):
        similarity.similarity([], ["psnr"])
    with pytest.raises(UserError, match="at least two"):
        diversity([flat(1, 40)], tiny_lpips())


# ── Published figures ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.shared_data
def test_bicubic_enlargement_of_set5_has_the_figures_every_paper_prints(shared_data: Path) -> None:
    """×4, Y, a border of four pixels: 28.43 dB and SSIM 0.810 to 0.811 (the papers' MATLAB rounds within)."""
    values, likeness = [], []
    files = sorted((shared_data / "super-resolution" / "Set5_x4").glob("*_HR.png"))
    if len(files) != 5:
        pytest.skip("Set5 is not beside this checkout")
    for file in files:
        with Image.open(file) as high, Image.open(str(file).replace("_HR", "_LR")) as low:
            real = np.array(high.convert("RGB"))
            made = np.array(low.convert("RGB").resize(high.size, Image.Resampling.BICUBIC))
        values.append(psnr(batch(made), batch(real), space="y", border=4).item())
        likeness.append(ssim(batch(made), batch(real), space="y", border=4).item())
    assert np.mean(values) == pytest.approx(28.43, abs=0.01)
    assert np.mean(likeness) == pytest.approx(0.8105, abs=0.001)
