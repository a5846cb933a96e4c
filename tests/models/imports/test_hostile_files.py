"""Files that want to run code, fill the memory or change the reader: refused in one sentence, and nothing runs."""

from __future__ import annotations

import builtins
import collections
import importlib
import io
import os
import pickle
import runpy
import struct
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ganvas.errors import UserError
from ganvas.models.imports import pickles, read
from ganvas.models.imports.pickles import Node, read_pickle

SHELL = "touch hostile"
PYTHON = "open('hostile', 'w').close()"


@pytest.fixture(autouse=True)
def _still(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each test in an empty folder, in which nothing may turn up that code in a file would have left."""
    monkeypatch.chdir(tmp_path)
    yield
    assert not Path("hostile").exists()


class Calls:
    """Pickled, it asks the reader for a call."""

    def __init__(self, function: Callable[..., Any], *arguments: object) -> None:
        self.call = function, arguments

    def __reduce__(self) -> tuple[Any, ...]:
        return self.call


def refused(content: bytes, sentence: str = r"\.$") -> None:
    Path("network.pkl").write_bytes(content)
    with pytest.raises(UserError, match=sentence) as error:
        read(Path("network.pkl"))
    told = str(error.value)
    assert told.endswith(".")
    assert "\n" not in told


HOSTILE: dict[str, Calls] = {
    "posix.system": Calls(os.system, SHELL),
    "builtins.eval": Calls(eval, PYTHON),
    "builtins.exec": Calls(exec, PYTHON),
    "builtins.getattr": Calls(getattr, os, "system"),
    "builtins.__import__": Calls(builtins.__import__, "os"),
    "builtins.open": Calls(open, "hostile", "w"),
    "subprocess.Popen": Calls(subprocess.Popen, SHELL, -1, None, None, None, None, None, True, True),
    "subprocess.check_output": Calls(subprocess.check_output, ["touch", "hostile"]),
    "importlib.import_module": Calls(importlib.import_module, "antigravity"),
    "runpy.run_path": Calls(runpy.run_path, "hostile.py"),
    "pickle.loads": Calls(pickle.loads, pickle.dumps(Calls(os.system, SHELL))),
    "torch.hub.load": Calls(torch.hub.load, "owner/name", "model"),
    "torch.serialization.load": Calls(torch.load, "hostile.pt"),
    "io.open_code": Calls(io.open_code, "hostile"),
    "collections.namedtuple": Calls(collections.namedtuple, "name", "fields"),
}


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("within", [False, True])
def test_a_pickle_that_would_run_code_is_refused(name: str, protocol: int, within: bool) -> None:
    function, arguments = HOSTILE[name].call
    bad = Calls(function, *(None if argument is os else argument for argument in arguments))  # no module is pickled
    content = {"G_ema": {"state": [torch.zeros(2), bad]}, "D": None} if within else bad
    refused(pickle.dumps(content, protocol=protocol), "may run code")


def test_the_refused_name_is_told() -> None:
    refused(pickle.dumps(Calls(os.system, SHELL)), r"posix\.system|os\.system|nt\.system")
    refused(b"\x80\x02cdnnlib.tflib.network\nNetwork\n.", "legacy.py")
    refused("\x80\x04\x8c\x03os\n\x8c\x05a\nb\tc\x93.".encode("latin1"), r"os\?\.a\?b\?c")


def test_the_stored_source_stays_a_string() -> None:
    meta = {"type": "class", "version": 6, "module_src": PYTHON, "class_name": "Generator", "state": {}}
    call = b"\x80\x02ctorch_utils.persistence\n_reconstruct_persistent_obj\n"
    refused(call + pickle.dumps(meta, protocol=2)[2:-1] + b"\x85R.", "no weights of a kind")


def test_old_protocols_are_not_opened() -> None:
    for protocol in (0, 1):
        refused(pickle.dumps(Calls(os.system, SHELL), protocol=protocol), "no weights of a kind")


def named(module: str, name: str) -> bytes:
    return b"".join(b"\x8c" + bytes([len(part)]) + part for part in (module.encode(), name.encode())) + b"\x93"


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    module=st.sampled_from(
        ["os", "builtins", "torch", "torch.storage", "numpy", "training.networks", "R3GAN.Networks"]
    ),
    name=st.text(st.characters(codec="utf-8"), max_size=20),
)
def test_any_name_beyond_the_list_is_refused(module: str, name: str) -> None:
    full = f"{module}.{name}"
    if full in pickles._INERT | pickles._NODES | pickles._CALLS.keys():
        return
    refused(b"\x80\x04" + named(module, name) + b".", "may run code")


# ── What only holds things cannot be changed from a file ─────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "name", ["torch._utils._rebuild_parameter", "training.networks.Generator", "collections.OrderedDict", "numpy.dtype"]
)
@pytest.mark.parametrize("attribute", ["__setstate__", "__call__", "__code__", "__defaults__", "function", "walk"])
def test_the_reader_cannot_be_changed(name: str, attribute: str) -> None:
    before = {kind: dict(vars(kind)) for kind in (Node, pickles.Table, pickles.Inert, pickles._Call, pickles._Held)}
    module, last = name.rsplit(".", 1)
    state = pickle.dumps((None, {attribute: 1}), protocol=4)[2:-1]
    state = state[9:] if state[:1] == b"\x95" else state  # without the frame
    refused(b"\x80\x04" + named(module, last) + state + b"b.")
    assert before == {kind: dict(vars(kind)) for kind in before}


# ── Tricks with sizes ───────────────────────────────────────────────────────────────────────────────────────────────


def test_an_index_beyond_the_memory_is_refused() -> None:
    refused(b"\x80\x02}r" + struct.pack("<I", 2**31) + b".", "damaged")


def test_a_tensor_larger_than_its_content_is_refused() -> None:
    wide = torch.zeros(1).expand(1000, 1000, 1000, 1000)
    refused(pickle.dumps({"G_ema": wide}), "damaged")


def test_a_network_within_itself_ends() -> None:
    node = Node()
    node.state = {"_modules": {"mapping": node, "synthesis": node}, "_parameters": {}}
    assert len(list(node.walk())) == 1
    assert node.tensors() == {}


def test_a_storage_that_would_run_code_is_refused() -> None:
    inner = io.BytesIO()
    torch.save(Calls(os.system, SHELL), inner, _use_new_zipfile_serialization=False)
    for content in (inner.getvalue(), pickle.dumps(Calls(os.system, SHELL)), b"", b"PK\x03\x04"):
        load = pickle.dumps(content, protocol=3)[2:-1]
        refused(b"\x80\x03ctorch.storage\n_load_from_bytes\n" + load + b"\x85R.", "damaged")


@pytest.mark.parametrize("old", [False, True])
def test_a_checkpoint_that_would_run_code_is_refused(old: bool) -> None:
    for function, arguments in ((os.system, (SHELL,)), (exec, (PYTHON,))):
        torch.save({"g_ema": Calls(function, *arguments)}, "c.pt", _use_new_zipfile_serialization=not old)
        with pytest.raises(UserError, match=r"may run code.*\.$"):
            read(Path("c.pt"))


# ── What is no file of weights ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "content",
    [b"", b"\x80", b"hello", b"\x89PNG\r\n\x1a\n", b"PK\x03\x04", b"\x80\x04.", b"\x80\x04N.", b"\x80\x02]q\x00."],
)
def test_other_files_are_refused(content: bytes) -> None:
    refused(content)


def test_other_contents_are_refused() -> None:
    for content in ({}, {"G_ema": 1}, {"G_ema": {}}, [1], {"G_ema": torch.zeros(3)}, {"cur_nimg": float("nan")}):
        refused(pickle.dumps(content), "no weights of a kind")
        torch.save(content, "c.pt")
        with pytest.raises(UserError, match="no weights of a kind"):
            read(Path("c.pt"))


def test_what_is_no_file_is_refused() -> None:
    with pytest.raises(UserError, match="no file absent"):
        read(Path("absent.pkl"))
    with pytest.raises(UserError, match="cannot be read"):
        read(Path())


def test_plain_content_is_read() -> None:
    """The reader itself reads: else all that it refuses would prove nothing."""
    content = {
        "a": collections.OrderedDict(b=[1, 2.5, "x", None]),
        "c": {1, 2},
        "d": torch.arange(6.0).reshape(2, 3).t(),
    }
    Path("plain.pkl").write_bytes(pickle.dumps(content))
    found: Any = read_pickle(Path("plain.pkl"))
    assert found["a"] == {"b": [1, 2.5, "x", None]}
    assert found["c"] == {1, 2}
    torch.testing.assert_close(found["d"].tensor, content["d"])
