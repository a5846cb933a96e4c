"""The error that a user can put right."""

from __future__ import annotations


class UserError(Exception):
    """Something the user can put right: one sentence that says what is wrong and what to do.

    The command line prints it and exits with code 2; the studio answers with a problem detail.
    """
