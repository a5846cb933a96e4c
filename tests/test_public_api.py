"""The Python API: its names, its signatures, and the example of the README."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

import ganvas

README = Path(__file__).parents[1] / "README.md"
SIGNATURES = {
    "load": "(path)",
    "generate": "(path, seeds, class_=None, psi=1.0)",
    "translate": "(path, image, *, to=None, reference=None, seed=0, prepared=False, size='square')",
    "train_model": "(recipe, data, run=None, *, train_only=False, fresh=False, more_data=False, **settings)",
    "evaluate_model": "(path, data=None, *, count=None, features=None, everything=False)",
    "Model.generate": "(self, seeds, class_=None, psi=1.0)",
    "Model.translate": "(self, image, *, to=None, reference=None, seed=0, prepared=False, size='square')",
}


def test_exactly_these_names_are_exported() -> None:
    assert sorted(ganvas.__all__) == sorted(
        ["Model", "UserError", "__version__", "evaluate_model", "generate", "load", "train_model", "translate"]
    )
    assert all(getattr(ganvas, name) is not None for name in ganvas.__all__)
    assert set(ganvas.__all__) <= set(dir(ganvas))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        ganvas.nothing  # noqa: B018


@pytest.mark.parametrize("name", SIGNATURES)
def test_signatures_are_as_promised(name: str) -> None:
    found = ganvas
    for part in name.split("."):
        found = getattr(found, part)
    signature = inspect.signature(found)  # type: ignore[arg-type]
    plain = signature.replace(
        parameters=[one.replace(annotation=inspect.Parameter.empty) for one in signature.parameters.values()],
        return_annotation=inspect.Signature.empty,
    )
    assert str(plain) == SIGNATURES[name]


def test_importing_ganvas_imports_no_torch() -> None:
    code = "import ganvas, sys; ganvas.__version__; assert 'torch' not in sys.modules and 'numpy' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_example_of_the_readme_works(pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As it is written, save for the length of the training and the size of the network."""
    (block,) = re.findall(r"## From Python\n.*?```python\n(.*?)```", README.read_text(), re.DOTALL)
    short = "train__kimg=0.128, train__workers=0, train__metric_kimg=0, train__batch_size=16, data__minimum=2, "
    short += "data__resolution=16, model__width=4, evaluate__count=8"
    assert block.count("train__kimg=200") == 1
    monkeypatch.chdir(tmp_path)
    (tmp_path / "photos").symlink_to(pictures)
    exec(compile(block.replace("train__kimg=200", short), "README.md", "exec"), {})
    with Image.open(tmp_path / "seed3.png") as made:
        assert made.size == (16, 16)
    assert (tmp_path / "runs" / "photos" / "bundle" / "bundle.json").is_file()
    with pytest.raises(ganvas.UserError, match="seeds"):
        ganvas.translate(tmp_path / "runs" / "photos", made)
