"""Which way a row is translated: A → B (0) or B → A (1)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import torch
from torch import Tensor

from ganvas.errors import UserError

Translate: TypeAlias = Callable[[Tensor], Tensor]  # pictures [N, C, H, W] → as many rows of something


def translate(source: Tensor, direction: Tensor, forth: Translate, back: Translate) -> Tensor:
    """Each row its own way.

    :param source: [N, C, H, W].
    :param direction: int64 [N]: 0 goes ``forth``, anything else ``back``.
    :returns: [N, …], the rows in their order. Where all rows go one way, the other network is not run; an exported
        graph decides so at each call as well.
    """
    if torch.compiler.is_exporting():
        return _decided_in_the_graph(source, direction, forth, back)
    goes_back = direction != 0
    if not bool(goes_back.any()):
        return forth(source)
    if bool(goes_back.all()):
        return back(source)
    there, here = forth(source[~goes_back]), back(source[goes_back])
    answer = there.new_empty(len(source), *there.shape[1:])
    answer[~goes_back], answer[goes_back] = there, here
    return answer


def _decided_in_the_graph(source: Tensor, direction: Tensor, forth: Translate, back: Translate) -> Tensor:
    def mixed(x: Tensor, goes_back: Tensor) -> Tensor:
        return torch.where(goes_back[:, None, None, None], back(x), forth(x))

    def only_forth(x: Tensor, goes_back: Tensor) -> Tensor:
        return forth(x)

    def only_back(x: Tensor, goes_back: Tensor) -> Tensor:
        return back(x)

    def some_back(x: Tensor, goes_back: Tensor) -> Tensor:
        answer: Tensor = torch.cond(goes_back.all(), only_back, mixed, (x, goes_back))
        return answer

    goes_back = direction != 0
    answer: Tensor = torch.cond(goes_back.any(), some_back, only_forth, (source, goes_back))
    return answer


def direction_to(domain: str | None, *, directions: int, classes: tuple[str, ...]) -> int:
    """Which way leads to a domain: 0 to B, 1 to A.

    :param domain: ``A``, ``B`` or the domain's own name; None: B.
    :param directions: how many the model translates.
    :param classes: the domains' names, A's first; empty when the model does not remember them.
    :raises UserError: the model has no such domain, or no way to it.
    """
    if domain is None:
        return 0
    names = classes if len(classes) == 2 else ()
    places = {"a": 1, "b": 0} | {name.lower(): 1 - place for place, name in enumerate(names)}
    if directions < 2:
        raise UserError("This model knows one direction only; leave out where to translate to.")
    if domain.lower() not in places:
        known = f"{names[0]} (A) and {names[1]} (B)" if names else "A and B"
        raise UserError(f"This model translates between {known}, not to {domain}; choose one of the two.")
    return places[domain.lower()]


def check_domains(path: Path, names: tuple[str, ...]) -> None:
    """:raises UserError: the names given to the domains of the model in ``path`` are neither none nor two."""
    if len(names) not in (0, 2) or len(set(names)) != len(names):
        raise UserError(f"{path} translates between two domains; name both with --class, A's first, or neither.")
