"""A published format of weights: how a reader is declared, and the functions that readers share."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeAlias

import torch
from torch import Tensor, nn

from ganvas.errors import UserError
from ganvas.models.family import Family
from ganvas.models.imports.pickles import Weights, damaged

Rules: TypeAlias = Sequence[tuple[str, str | Callable[[re.Match[str]], str]]]  # (pattern, replacement) of re.sub


class PublishedFile(NamedTuple):
    """A file that has been opened, and the options of the user."""

    path: Path
    content: object  # of :func:`~.pickles.read_pickle` or :func:`~.pickles.read_checkpoint`
    discriminator: Path | None = None  # the discriminator's own file, where the format has two
    classes: tuple[str, ...] = ()  # names of the classes or domains in label order; the family's own when empty


class Read(NamedTuple):
    """A family in evaluation mode with the weights of a file."""

    family: Family
    has_discriminator: bool  # whether its discriminators have their weights too
    kimg: float = 0.0  # how long it was trained; 0 where the file does not say


@dataclass(frozen=True)
class Reader:
    """One published format.

    Attributes:
        origin: The code that writes it.
        suffix: The usual ending of its file names.
        recognises: Whether the content of a file is of this format.
        read: Builds the family; settings are inferred from the shapes. Raises :class:`~ganvas.errors.UserError` when
            the networks are of a kind that Ganvas lacks, or when the file is damaged.
        pickled: Whether it is a pickle of whole modules, and not a torch checkpoint.
        separate_discriminator: Whether the discriminator may be in a file of its own, given by the user.
    """

    origin: str
    suffix: str
    recognises: Callable[[object], bool]
    read: Callable[[PublishedFile], Read]
    pickled: bool = False
    separate_discriminator: bool = False


def has_keys(content: object, *keys: str) -> bool:
    """Whether a ``state_dict`` has all these keys; the prefix of parallel training is ignored."""
    return isinstance(content, Mapping) and set(keys) <= {str(key).removeprefix("module.") for key in content}


def weights_of(path: Path, state: object) -> Weights:
    """A ``state_dict`` without the prefix that parallel training leaves.

    Raises:
        UserError: It is none.
    """
    if not isinstance(state, Mapping) or not all(isinstance(value, Tensor) for value in state.values()):
        raise damaged(path)
    return {str(key).removeprefix("module."): value for key, value in state.items()}


def beside(path: Path, mark: str, other: str) -> Path | None:
    """The file with ``other`` in place of ``mark`` in its name; None where there is none."""
    if mark not in path.name:
        return None
    found = path.with_name(path.name.replace(mark, other, 1))
    return found if found.is_file() else None


def renamed(name: str, rules: Rules) -> str:
    """A tensor's name after all rules, in their order."""
    for pattern, replacement in rules:
        name = re.sub(pattern, replacement, name)
    return name


def unsupported(path: Path, kind: str, what: str) -> UserError:
    """The error for networks that are recognised but cannot be built here."""
    return UserError(f"{path} is {kind} of a kind that Ganvas lacks: {what}.")


def counters(network: nn.Module) -> tuple[str, ...]:
    """Names of the batch counters of a network's norms, which files may lack."""
    return tuple(name for name in network.state_dict() if name.endswith("num_batches_tracked"))


@torch.no_grad()
def fill(path: Path, network: nn.Module, weights: Weights, *, spared: tuple[str, ...] = ()) -> None:
    """Copy weights, already renamed, into a network: each must have its place, and each place its weight.

    Args:
        path: The file, for errors.
        network: Receives the weights.
        weights: Tensors by the network's own names.
        spared: Names that may keep their values.

    Raises:
        UserError: A tensor does not fit, is missing, or is not finite.
    """
    state = network.state_dict()
    for name, value in weights.items():
        if name not in state or state[name].shape != value.shape:
            raise UserError(
                f"{path} does not fit: {name} {list(value.shape)} has no place in such a network; "
                "its layers are arranged in a way that Ganvas lacks."
            )
        if not value.isfinite().all():
            raise UserError(f"{path} holds numbers that are not finite ({name}); give an earlier checkpoint.")
        state[name].copy_(value)
    missing = state.keys() - weights.keys() - set(spared)
    if missing:
        raise UserError(f"{path} is incomplete: it lacks {len(missing)} tensors, such as {min(missing)}; get it again.")


def check_domains(path: Path, names: tuple[str, ...]) -> None:
    """Check the names that were given to the two domains of a published model.

    Raises:
        UserError: they are neither none nor two different ones.
    """
    if len(names) not in (0, 2) or len(set(names)) != len(names):
        raise UserError(f"{path} translates between two domains; name both with --class, A's first, or neither.")
