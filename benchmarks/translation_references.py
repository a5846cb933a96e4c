"""References of families that translate: ``cyclegan``, ``ugatit`` and ``starganv2``, by their authors' own loops."""

from __future__ import annotations

import copy
import functools
import importlib
import queue
import sys
import threading
import types
from argparse import Namespace
from contextlib import redirect_stdout
from typing import Any

import torch
from checkouts import open_checkout, stand_in
from references import Answers, Reference, Settings, averaging, count
from torch import Tensor, nn

from ganvas.models.batches import Batch, ReferenceRequest, TranslationRequest
from ganvas.models.layers.directions import translate


def cyclegan(settings: Settings) -> Reference:
    """``optimize_parameters`` of ``cycle_gan_model.py``, with the schedule of ``networks.get_scheduler``.

    From a checkout of junyanz/pytorch-CycleGAN-and-pix2pix, or of taesungp/contrastive-unpaired-translation, which has
    the same model and is a tenth in size.
    """
    open_checkout(settings.checkout, "dominate", "visdom", "wandb", "torchvision", "torchvision.transforms")
    module = importlib.import_module("models.cycle_gan_model")
    networks = importlib.import_module("models.networks")
    config: Any = settings.family.config
    channels = settings.family.data.channels
    options = Namespace(
        isTrain=True,
        gpu_ids=[0] if torch.get_default_device().type == "cuda" else [],
        checkpoints_dir="",
        name="",
        preprocess="none",
        amp=False,
        input_nc=channels,
        output_nc=channels,
        direction="AtoB",
        no_dropout=True,
        netG=f"resnet_{config.blocks}blocks",
        netD="n_layers",
        n_layers_D=config.layers,
        ngf=config.width,
        ndf=config.width,
        norm=config.norm,
        normG=config.norm,
        normD=config.norm,
        init_type="normal",
        init_gain=0.02,
        no_antialias=True,
        no_antialias_up=True,
        gan_mode="lsgan",
        pool_size=config.pool,
        lambda_A=config.cycle,
        lambda_B=config.cycle,
        lambda_identity=config.identity,
        lr=config.lr,
        beta1=config.betas[0],
        lr_policy="linear",
        epoch_count=0,
        n_epochs=round(settings.steps * config.decay_from),
        n_epochs_decay=0,
    )
    options.n_epochs_decay = settings.steps - options.n_epochs
    with redirect_stdout(None):
        model = module.CycleGANModel(options)
        schedules = [networks.get_scheduler(optimizer, options) for optimizer in model.optimizers]
    generators = (model.netG_A, model.netG_B)
    averages = tuple(copy.deepcopy(network).eval() for network in generators)

    def step(number: int, batch: Batch) -> None:
        model.set_input({"A": batch.a, "B": batch.b, "A_paths": [], "B_paths": []})
        model.optimize_parameters()
        for schedule in schedules:
            schedule.step()
        for live, average in zip(generators, averages, strict=True):
            if settings.ema_kimg:
                averaging(live, average, settings.ema_weight(number))

    def generate(request: TranslationRequest) -> Tensor:
        return translate(request.source, request.direction, *averages)

    sizes = {"g_ab": count(model.netG_A), "g_ba": count(model.netG_B)}
    sizes |= {"d_a": count(model.netD_B), "d_b": count(model.netD_A)}
    answers = Answers(settings.family, {"g_ab": averages[0], "g_ba": averages[1]}, generate)
    files = {f"latest_net_{name}.pth": getattr(model, f"net{name}") for name in ("G_A", "G_B", "D_A", "D_B")}
    return Reference(step, answers, model.netG_A, sizes, files)


class _Fed:
    """A loader whose iterator waits for the batches it is fed, one per call of ``next``.

    The loop that draws from it runs in a thread of its own, and stands still between two steps.
    """

    def __init__(self) -> None:
        self.batches: queue.Queue[Tensor] = queue.Queue()
        self.waiting = threading.Semaphore(0)

    def __iter__(self) -> _Fed:
        return self

    def __next__(self) -> tuple[Tensor, None]:
        self.waiting.release()
        return self.batches.get(), None

    next = __next__  # the loop takes iterators of older versions of torch


def ugatit(settings: Settings) -> Reference:
    """``UGATIT.train`` of znxlwm/UGATIT-pytorch, which draws from loaders that are fed with our batches."""
    open_checkout(settings.checkout, "torchvision", "torchvision.transforms", "cv2", "scipy.misc")
    module: Any = importlib.import_module("UGATIT")
    networks = importlib.import_module("networks")
    config: Any = settings.family.config
    size = {"input_nc": 3, "output_nc": 3, "ngf": config.width, "n_blocks": config.blocks}
    generators = [
        networks.ResnetGenerator(**size, img_size=settings.family.data.resolution, light=config.light) for _ in range(2)
    ]
    discriminators = {
        f"dis{kind}{domain}": networks.Discriminator(input_nc=3, ndf=config.width, n_layers=layers)
        for kind, layers in (("G", config.global_layers), ("L", config.local_layers))
        for domain in "AB"
    }
    adam = functools.partial(torch.optim.Adam, lr=config.lr, betas=config.betas, weight_decay=config.weight_decay)
    adams = [adam(nn.ModuleList(players).parameters()) for players in (generators, discriminators.values())]
    loop = module.UGATIT.__new__(module.UGATIT)
    loaders = _Fed(), _Fed()
    vars(loop).update(
        discriminators,
        genA2B=generators[0],
        genB2A=generators[1],
        G_optim=adams[0],
        D_optim=adams[1],
        L1_loss=nn.L1Loss(),
        MSE_loss=nn.MSELoss(),
        BCE_loss=nn.BCEWithLogitsLoss(),
        trainA_loader=loaders[0],
        trainB_loader=loaders[1],
        device=str(torch.get_default_device()),
        resume=False,
        iteration=settings.steps,
        decay_flag=config.decay_from < 1,
        lr=config.lr,
        print_freq=2**31,
        save_freq=2**31,
        adv_weight=config.adversarial,
        cycle_weight=config.cycle,
        cam_weight=config.cam,
        identity_weight=config.identity,
        Rho_clipper=networks.RhoClipper(0, 1),
        result_dir="",
    )
    averages = [copy.deepcopy(network).eval() for network in generators]
    threads, device = torch.get_num_threads(), torch.get_default_device()

    def play() -> None:
        torch.set_num_threads(threads)
        torch.set_default_device(device)  # it holds for a thread
        module.print = lambda *words: None  # it prints a line per step
        loop.train()
        loaders[0].waiting.release()

    threading.Thread(target=play, daemon=True).start()
    loaders[0].waiting.acquire()

    def step(number: int, batch: Batch) -> None:
        for loader, pictures in zip(loaders, (batch.a, batch.b), strict=True):
            loader.batches.put(pictures)
        loaders[0].waiting.acquire()  # it waits for the next batch, or has come to its end
        for live, average in zip(generators, averages, strict=True):
            if settings.ema_kimg:
                averaging(live, average, settings.ema_weight(number))

    def generate(request: TranslationRequest) -> Tensor:
        return translate(request.source, request.direction, *(lambda x, g=g: g(x)[0] for g in averages))

    sizes = {"g_ab": count(generators[0]), "g_ba": count(generators[1])}
    for name, kind in (("global", "G"), ("local", "L")):
        sizes |= {f"d_{domain}_{name}": count(discriminators[f"dis{kind}{domain.upper()}"]) for domain in "ab"}
    answers = Answers(settings.family, {"g_ab": averages[0], "g_ba": averages[1]}, generate)
    files = {"params.pt": {"genA2B": generators[0], "genB2A": generators[1], **discriminators}}
    return Reference(step, answers, generators[0], sizes, files)


def starganv2(settings: Settings) -> Reference:
    """``compute_d_loss`` and ``compute_g_loss`` of clovaai/stargan-v2, in the order of ``Solver.train``."""
    open_checkout(settings.checkout, "munch", "tqdm", "ffmpeg", "torchvision", "torchvision.utils")
    sys.modules["munch"].Munch = types.SimpleNamespace  # type: ignore[attr-defined]
    for name in ("core.data_loader", "core.wing", "metrics.eval"):  # loading, face landmarks and measuring
        stand_in(name)
    solver, model, utils = (importlib.import_module(f"core.{name}") for name in ("solver", "model", "utils"))
    config: Any = settings.family.config
    data = settings.family.data
    # The width of their first layers is fixed, 2**14 divided by the side: the same classes with another number.
    fixed, wanted = "2**14", str((config.width or 2**14 // data.resolution) * data.resolution)
    exec((settings.checkout / "core" / "model.py").read_text().replace(fixed, wanted), vars(model))
    domains = len(data.classes)
    size = {"img_size": data.resolution, "max_conv_dim": config.widest}
    nets = types.SimpleNamespace(
        generator=model.Generator(**size, style_dim=config.style_dim, w_hpf=0),
        mapping_network=model.MappingNetwork(config.z_dim, config.style_dim, domains),
        style_encoder=model.StyleEncoder(**size, style_dim=config.style_dim, num_domains=domains),
        discriminator=model.Discriminator(**size, num_domains=domains),
    )
    adams = {}
    for name, network in vars(nets).items():
        network.apply(utils.he_init)
        rate = config.mapping_lr if name == "mapping_network" else config.lr
        adams[name] = torch.optim.Adam(network.parameters(), rate, config.betas, weight_decay=config.weight_decay)
    names = ("generator", "mapping_network", "style_encoder")
    averages = {name: copy.deepcopy(getattr(nets, name)).eval() for name in names}
    weights = {"lambda_reg": config.r1, "lambda_sty": config.style, "lambda_ds": config.diversity}
    options = Namespace(**weights, lambda_cyc=config.cycle, w_hpf=0)

    def played(loss: Tensor, *players: str) -> None:
        for adam in adams.values():
            adam.zero_grad()
        loss.backward()
        for name in players:
            adams[name].step()

    def step(number: int, batch: Batch) -> None:
        x, y, y_ref = batch.x.detach().contiguous(), batch.y, batch.y_ref
        z, z2 = (torch.randn(len(x), config.z_dim) for _ in range(2))
        played(solver.compute_d_loss(nets, options, x, y, y_ref, z_trg=z)[0], "discriminator")
        played(solver.compute_d_loss(nets, options, x, y, y_ref, x_ref=batch.x_ref)[0], "discriminator")
        played(solver.compute_g_loss(nets, options, x, y, y_ref, z_trgs=[z, z2])[0], *names)
        references = [batch.x_ref, batch.x_ref2]
        played(solver.compute_g_loss(nets, options, x, y, y_ref, x_refs=references)[0], "generator")
        for name, average in averages.items():
            averaging(getattr(nets, name), average, settings.ema_weight(number))
        options.lambda_ds -= config.diversity / settings.steps

    def generate(request: ReferenceRequest) -> Tensor:
        of_reference = averages["style_encoder"](request.reference, request.y)
        of_latent = averages["mapping_network"](request.z, request.y)
        styles = of_reference + request.share[:, None] * (of_latent - of_reference)
        pictures: Tensor = averages["generator"](request.source, styles)
        return pictures

    answers = Answers(settings.family, dict(averages), generate)
    sizes = {name: count(network) for name, network in vars(nets).items()}
    return Reference(step, answers, nets.generator, sizes, {"nets.ckpt": vars(nets)})
