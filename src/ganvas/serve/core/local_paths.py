"""Keeps the folders of this machine out of what the studio answers."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ganvas.errors import ErrorParams, UserError
from ganvas.serve.core.settings import StudioSettings
from ganvas.weights import weights_dir


class LocalPaths:
    """The folders that errors may name on the command line and must not name in an answer.

    Args:
        settings: Names the folders of the studio.
    """

    def __init__(self, settings: StudioSettings) -> None:
        named = [settings.bundles, settings.runs, settings.starters, settings.pictures, settings.galleries]
        named.append(settings.studies)
        named.append(settings.shared if isinstance(settings.shared, Path) else None)
        named.append(None if settings.catalog is None else settings.catalog.root)
        general = [weights_dir(), Path.home(), Path.cwd(), Path(tempfile.gettempdir())]
        self._folders = sorted(_spellings([path for path in named if path], general), key=len, reverse=True)

    def hide(self, text: str) -> str:
        """The text with paths shortened to what is below these folders."""
        for folder in self._folders:
            text = text.replace(folder + os.sep, "").replace(folder, Path(folder).name)
        return text

    def public(self, error: UserError) -> UserError:
        """The error as an answer may show it."""
        params: ErrorParams = {
            name: self.hide(value) if isinstance(value, str) else value for name, value in error.params.items()
        }
        return UserError(self.hide(str(error)), code=error.code, params=params)

    def described(self, error: UserError) -> dict[str, Any]:
        """The error's ``sentence``, ``code`` and ``params`` as an answer may show them."""
        shown = self.public(error)
        return {"sentence": str(shown), "code": shown.code, "params": shown.params}


def _spellings(*groups: Iterable[Path]) -> set[str]:
    paths = [path for group in groups for path in group]
    found = {str(one) for path in paths for one in (path.absolute(), path.resolve())}
    return {text for text in found if len(Path(text).parts) > 1}  # not the root of the file system
