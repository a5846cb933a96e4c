"""How this process holds memory."""

from __future__ import annotations

import ctypes
import sys

# The numbers of <malloc.h>.
M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_MAX = -1, -2, -4


def keep_freed_memory() -> bool:
    """Let the process use memory again that it has freed, instead of giving it back to the system each time.

    glibc maps every block of some megabytes afresh and unmaps it when it is freed, so that a step of training asks the
    system for all its gradients and activations, page by page, and gives them back: up to half of a step's time. What
    is kept instead is the most that was needed at once, until the process ends.

    :returns: whether it took effect: it does not where the C library is another.
    """
    if not sys.platform.startswith("linux"):
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except AttributeError:  # not glibc
        return False
    never, pad = -1, 64 << 20
    took = [mallopt(name, value) for name, value in ((M_MMAP_MAX, 0), (M_TRIM_THRESHOLD, never), (M_TOP_PAD, pad))]
    return all(took)
