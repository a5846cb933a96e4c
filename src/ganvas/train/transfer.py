"""Takes batches to the device ahead of the step that needs them."""

from __future__ import annotations

from collections.abc import Generator

import torch
from torch import Tensor

from ganvas.models.batches import Batch


def on_device(batches: Generator[Batch], device: torch.device) -> Generator[Batch]:
    """The same batches on a GPU, copied while the device works on the ones before; on a CPU they are unchanged.

    The copies run in a stream of their own, from page-locked memory, one batch ahead. Closing the generator closes
    ``batches``.
    """
    if device.type != "cuda":
        yield from batches
        return
    copies = torch.cuda.Stream(device)
    try:
        ahead = _copied(next(batches), device, copies)
        while True:
            present, ahead = ahead, None
            torch.cuda.current_stream(device).wait_stream(copies)
            for tensor in present:
                if isinstance(tensor, Tensor):
                    tensor.record_stream(torch.cuda.current_stream(device))
            ahead = _copied(next(batches), device, copies)
            yield present
    finally:
        batches.close()


def _copied(batch: Batch, device: torch.device, copies: torch.cuda.Stream) -> Batch:
    def copied(tensor: Tensor) -> Tensor:
        locked = tensor if tensor.is_pinned() else tensor.pin_memory()
        return locked.to(device, non_blocking=True)

    with torch.cuda.stream(copies):
        return type(batch)(*(copied(field) if isinstance(field, Tensor) else field for field in batch))
