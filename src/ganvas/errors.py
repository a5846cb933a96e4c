"""The error that a user can put right."""

from __future__ import annotations

from collections.abc import Mapping

ErrorParams = Mapping[str, str | int | float]


class UserError(Exception):
    """An error in what the user gave or asked for: one sentence that says what is wrong and what to do.

    The command line prints the sentence and exits with code 2. The studio answers with a problem detail (RFC 9457) that
    holds the sentence, the code and the parameters, so that a page can show the error in another language.

    Args:
        sentence: The error in English.
        code: Stable kebab-case name of the error, such as ``no-face``; ``invalid`` where no page shows the error.
        params: The values that stand in the sentence, by name.
    """

    def __init__(self, sentence: str, *, code: str = "invalid", params: ErrorParams | None = None) -> None:
        super().__init__(sentence)
        self.code = code
        self.params = dict(params or {})
