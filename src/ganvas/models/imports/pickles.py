"""Safe reading of pickles and torch checkpoints: no code in them is run.

A pickle is a program: it names functions and their arguments. Here only names of a short list are accepted, those that
files of weights need, and each is replaced by a stand-in of this module that only stores its arguments. Any other name
ends the reading. The source code that stylegan2-ada-pytorch stores beside its networks stays a string.
"""

from __future__ import annotations

import argparse
import io
import math
import pickle
import pickletools
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any, NoReturn

import torch
from torch import Tensor

from ganvas.errors import UserError

Weights = dict[str, Tensor]
PICKLE, LEGACY, ZIP = b"\x80", b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.", b"PK\x03\x04"
MOST_MEMO = 1_000_000  # largest memo index; the reader allocates that much memory, and such files use some ten thousand


# ── What stands in for what a file names: each only holds what it is given, and none can be changed from a file ──────


class Inert:
    """Something no weights depend on: a NumPy number, a type, a set."""

    def __init__(self, *arguments: object) -> None:
        pass

    def __setstate__(self, state: object) -> None:
        pass


class Table(dict[Any, Any]):
    """An ``OrderedDict`` or an ``EasyDict``."""

    def __setstate__(self, state: object) -> None:
        pass


class Node:
    """One module of a network: its class's name and its attributes, which are what ``Module.__dict__`` held."""

    kind: str = ""

    def __init__(self) -> None:
        self.state: Mapping[Any, Any] = {}

    def __setstate__(self, state: object) -> None:
        if not isinstance(state, Mapping):
            raise pickle.UnpicklingError("a module without attributes")
        self.state = state

    def get(self, name: str) -> Any:
        """An attribute that is a plain value, or None."""
        return self.state.get(name)

    def child(self, *names: str) -> Node:
        """The module below, by name. A KeyError where there is none."""
        node = self
        for name in names:
            node = node.children()[name]
        return node

    def children(self) -> dict[str, Node]:
        """The modules directly below, by name."""
        found = self.state.get("_modules")
        if not isinstance(found, Mapping):
            return {}
        return {str(name): child for name, child in found.items() if isinstance(child, Node)}

    def walk(self) -> Iterator[tuple[str, Node]]:
        """This module and all below, each once, with the prefix of their tensors' names."""
        seen = {id(self)}
        waiting = [("", self)]
        while waiting:
            prefix, node = waiting.pop()
            yield prefix, node
            for name, child in node.children().items():
                if id(child) not in seen:  # a file may put a network within itself
                    seen.add(id(child))
                    waiting.append((f"{prefix}{name}.", child))

    def tensors(self) -> Weights:
        """All parameters and buffers, under the names that ``state_dict`` gives."""
        return {
            f"{prefix}{name}": held.tensor
            for prefix, node in self.walk()
            for table in (node.state.get("_parameters"), node.state.get("_buffers"))
            if isinstance(table, Mapping)
            for name, held in table.items()
            if isinstance(held, _Held)
        }


class _Held:
    """A tensor, or the flat content of a storage."""

    __slots__ = ("tensor",)

    def __init__(self, tensor: Tensor) -> None:
        self.tensor = tensor

    def __setstate__(self, state: object) -> None:
        pass


class _Call:
    """A function of this module that replaces one that a file names."""

    __slots__ = ("function",)

    def __init__(self, function: Callable[..., object]) -> None:
        self.function = function

    def __call__(self, *arguments: object) -> object:
        return self.function(*arguments)

    def __setstate__(self, state: object) -> NoReturn:
        raise pickle.UnpicklingError("a function that is changed")


class _Refused(pickle.UnpicklingError):
    """The file names what no file of weights needs."""


def _storage(content: object) -> _Held:
    if not isinstance(content, bytes):
        raise pickle.UnpicklingError("a storage without bytes")
    with warnings.catch_warnings(action="ignore"):  # torch speaks of its own old formats
        storage = torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
        return _Held(torch.tensor([], dtype=storage.dtype).set_(storage))


def _bytes(text: object, coding: object = "latin1") -> bytes:
    """How old protocols write bytes."""
    if not isinstance(text, str):
        raise pickle.UnpicklingError("bytes that are no text")
    return text.encode("latin1")


def _tensor(storage: object, offset: int, size: tuple[int, ...], stride: tuple[int, ...], *rest: object) -> _Held:
    if not isinstance(storage, _Held) or math.prod(size) > storage.tensor.numel():
        raise pickle.UnpicklingError("a tensor that is larger than its content")
    return _Held(storage.tensor.as_strided(size, stride, offset))


def _parameter(tensor: object, *rest: object) -> _Held:
    if not isinstance(tensor, _Held):
        raise pickle.UnpicklingError("a parameter without a tensor")
    return tensor


def _persistent(meta: object) -> Node:
    """What ``torch_utils.persistence`` wrote: the class's name and the attributes; its source is left alone."""
    if not isinstance(meta, Mapping) or meta.get("type") != "class":
        raise pickle.UnpicklingError("a persistent object of an unknown kind")
    node = Node()
    node.kind = str(meta.get("class_name"))
    node.__setstate__(meta.get("state"))
    return node


_CALLS: dict[str, Callable[..., object]] = {
    "torch.storage._load_from_bytes": _storage,
    "torch._utils._rebuild_tensor": _tensor,
    "torch._utils._rebuild_tensor_v2": _tensor,
    "torch._utils._rebuild_parameter": _parameter,
    "torch._utils._rebuild_parameter_with_state": _parameter,
    "torch_utils.persistence._reconstruct_persistent_obj": _persistent,
    "_codecs.encode": _bytes,
}
_TABLES = {"collections.OrderedDict", "dnnlib.util.EasyDict", "dnnlib.EasyDict"}
_INERT = {
    *(f"numpy.{core}.multiarray.{name}" for core in ("core", "_core") for name in ("scalar", "_reconstruct")),
    *(f"numpy.{name}" for name in ("dtype", "ndarray")),
    *(f"{module}.set" for module in ("builtins", "__builtin__")),
    *(f"torch.{name}" for name in ("float16", "bfloat16", "float32", "float64", "int64", "device", "Size")),
}
_R3GAN = {
    "Networks": "Generator Discriminator GeneratorStage DiscriminatorStage Convolution ResidualBlock UpsampleLayer "
    "DownsampleLayer GenerativeBasis DiscriminativeBasis",
    "FusedOperators": "BiasedActivationCUDA BiasedActivationReference",
    "Resamplers": "InterpolativeUpsamplerCUDA InterpolativeUpsamplerReference InterpolativeDownsamplerCUDA "
    "InterpolativeDownsamplerReference",
}
_NODES = {
    *(f"R3GAN.{module}.{name}" for module, names in _R3GAN.items() for name in names.split()),
    "training.networks.Generator",
    "training.networks.Discriminator",
    "torch.nn.modules.container.ModuleList",
    "torch.nn.modules.container.Sequential",
    "torch.nn.modules.conv.Conv2d",
    "torch.nn.modules.linear.Linear",
}


class _Reader(pickle.Unpickler):
    """An unpickler that finds stand-ins only."""

    def find_class(self, module: str, name: str) -> Any:
        full = f"{module}.{name}"
        if full in _CALLS:
            return _Call(_CALLS[full])
        if full in _TABLES:
            return Table
        if full in _INERT:
            return Inert
        if full in _NODES:
            return type("Node", (Node,), {"kind": name, "state": {}})
        raise _Refused(full)


# ── Opening ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def first_bytes(path: Path) -> bytes:
    """The first bytes of a file.

    Raises:
        UserError: It cannot be read.
    """
    try:
        with path.open("rb") as file:
            return file.read(len(LEGACY))
    except FileNotFoundError:
        raise UserError(f"There is no file {path}; give the path of a file of weights.") from None
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror}); give the path of a file of weights.") from None


def read_pickle(path: Path) -> object:
    """The content of a pickle, with stand-ins for everything that is not a plain value.

    Raises:
        UserError: The file is damaged, or names what no file of weights needs.
    """
    try:
        with path.open("rb") as file:
            _look_over(file)
            file.seek(0)
            content: object = _Reader(file).load()
            return content
    except _Refused as error:
        name = str(error)
        said = "".join(letter if letter.isprintable() else "?" for letter in name[:80])
        if name.startswith("dnnlib.tflib."):
            raise UserError(
                f"{path} is a pickle of the TensorFlow StyleGAN2; turn it into a PyTorch one with legacy.py of "
                "stylegan2-ada-pytorch first."
            ) from None
        raise UserError(
            f"{path} names {said}, which weights do not need and which may run code, so the file was not opened; "
            "get it from another place."
        ) from None
    except Exception:  # noqa: BLE001 - a foreign file can break the reader at any place and in any way
        raise damaged(path) from None


def _look_over(file: IO[bytes]) -> None:
    """Check the instructions without running them: the end must be there, and no memo index too large."""
    for instruction, argument, _ in pickletools.genops(file):
        if instruction.name in ("PUT", "BINPUT", "LONG_BINPUT") and isinstance(argument, int) and argument > MOST_MEMO:
            raise pickle.UnpicklingError("an index far beyond what the file holds")


def read_checkpoint(path: Path) -> object:
    """The content of a torch checkpoint: tensors, plain containers and an option parser's namespace.

    Raises:
        UserError: The file is damaged, or would run code.
    """
    try:
        with warnings.catch_warnings(action="ignore"), torch.serialization.safe_globals([argparse.Namespace]):
            content: object = torch.load(path, map_location="cpu", weights_only=True)
            return content
    except pickle.UnpicklingError as error:
        if "nsupported" not in str(error):
            raise damaged(path) from None
        raise UserError(
            f"{path} is no plain checkpoint: it names things other than tensors, and opening those may run code, "
            "so it was not opened; ask its author for a file of tensors alone."
        ) from None
    except Exception:  # noqa: BLE001 - a foreign file can break the reader at any place and in any way
        raise damaged(path) from None


def damaged(path: Path) -> UserError:
    """The error for a file that is truncated or damaged."""
    return UserError(f"{path} is damaged or no file of weights; get it again from where it came.")
