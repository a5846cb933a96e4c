"""The commands in the shell blocks of a Markdown page."""

from __future__ import annotations

import re
import shlex

ENDS = {"|", "&&", ">", "&"}


def steps(page: str, *languages: str) -> list[list[str]]:
    """The words of each line of a page's blocks in these languages, up to a pipe or a redirection, without comments."""
    found = []
    for block in re.findall(rf"^ *```(?:{'|'.join(languages)})\b[^\n]*\n(.*?)^ *```", page, re.DOTALL | re.MULTILINE):
        for line in block.replace("\\\n", " ").splitlines():
            words = shlex.split(line.removeprefix("$ "), comments=True)
            while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
                words = words[1:]
            end = next((place for place, word in enumerate(words) if word in ENDS), None)
            if words[:end]:
                found.append([word.rstrip(";") for word in words[:end]])
    return found
