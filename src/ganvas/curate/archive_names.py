"""Names of the members of zip archives: their encoding, which archives do not state, and their separators.

A zip states for each name only whether it is UTF-8. Other names are bytes in whatever encoding the writing machine had,
such as cp949 on Korean and cp932 (Shift-JIS) on Japanese Windows; :mod:`zipfile` decodes them as cp437. Some programs
separate folders by backslashes, against the format.
"""

from __future__ import annotations

import codecs
import re
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from ganvas.errors import UserError

_UTF8_FLAG = 0x800
_FALLBACK = "cp437"  # of the format, and what zipfile assumes
_SHARE = 0.8  # of the other characters, at least, are plain letters of the script


class _Script(NamedTuple):
    """An encoding, the smaller character set that holds the characters in common use, and which are letters."""

    encoding: str
    common: str
    is_letter: Callable[[str], bool]
    language: str


def _is_hangul(character: str) -> bool:
    return "가" <= character <= "힣"


def _is_japanese(character: str) -> bool:
    return "ぁ" <= character <= "ヺ" or _is_ideograph(character) or character == "ー"


def _is_ideograph(character: str) -> bool:
    return "一" <= character <= "鿿"


# In the order in which they are tried: a later one also accepts much of what an earlier one means.
_SCRIPTS = (
    _Script("cp949", "euc_kr", _is_hangul, "Korean"),
    _Script("cp932", "shift_jis", _is_japanese, "Japanese"),
    _Script("gbk", "gb2312", _is_ideograph, "Chinese, simplified"),
    _Script("big5", "big5", _is_ideograph, "Chinese, traditional"),
)
_LANGUAGES = {script.encoding: script.language for script in _SCRIPTS}


@dataclass
class MemberNames:
    """The members of an archive by readable name, with forward slashes.

    Attributes:
        members: Name → entry; folders end in a slash.
        encoding: That of the names that are not marked as UTF-8 and not ASCII; None where there are none.
        undeclared: How many names those are.
        backslashes: How many names separate folders by backslashes.
        repeated: Names that stand for a second entry, which is not among the members.
    """

    members: dict[str, zipfile.ZipInfo] = field(default_factory=dict)
    encoding: str | None = None
    undeclared: int = 0
    backslashes: int = 0
    repeated: list[str] = field(default_factory=list)

    def sentences(self, option: str = "--zip-encoding") -> str:
        """What was guessed and changed, in sentences; empty where nothing was."""
        said = []
        if self.encoding is not None and self.encoding != "utf-8":
            language = f" ({_LANGUAGES[self.encoding]})" if self.encoding in _LANGUAGES else ""
            names = (
                "1 name in the archive is" if self.undeclared == 1 else f"{self.undeclared:,} names in the archive are"
            )
            said.append(f"{names} not in UTF-8: read as {self.encoding}{language}; {option} names another encoding.")
        if self.backslashes:
            names = "1 name" if self.backslashes == 1 else f"{self.backslashes:,} names"
            said.append(f"The backslashes in {names} separate folders.")
        return " ".join(said)


def member_names(archive: zipfile.ZipFile, encoding: str | None = None) -> MemberNames:
    """The members of a zip by their readable names.

    Args:
        archive: The opened zip.
        encoding: Of names that are not marked as UTF-8; None: detected from all of them.

    Raises:
        UserError: There is no such encoding, or a name is not in it.
    """
    raw = {id(entry): _undeclared(entry) for entry in archive.infolist()}
    unclear = [name for name in raw.values() if name is not None]
    result = MemberNames(undeclared=len(unclear))
    if unclear:
        result.encoding = _checked(encoding, unclear) if encoding else detect_encoding(unclear) or _FALLBACK
    for entry in archive.infolist():
        name = raw[id(entry)]
        path = entry.filename if name is None else name.decode(result.encoding or _FALLBACK)
        if "\\" in path:
            path = path.replace("\\", "/")
            result.backslashes += 1
        if path in result.members:
            result.repeated.append(path)
        else:
            result.members[path] = entry
    return result


def decoded_name(raw: bytes) -> str:
    """A single name of unknown encoding; bytes that fit none are kept as surrogates."""
    return raw.decode(detect_encoding([raw]) or "utf-8", "surrogateescape")


def detect_encoding(names: Iterable[bytes]) -> str | None:
    """The encoding of names: UTF-8, cp949, cp932, gbk or big5; None where they fit none of these.

    UTF-8 is recognised by its form. Of the others, one fits where it decodes every name, and nearly everything beyond
    ASCII becomes letters in common use that do not stand alone among Latin letters.
    """
    names = list(names)
    if _decoded(names, "utf-8") is not None:
        return "utf-8"
    for script in _SCRIPTS:
        texts = _decoded(names, script.encoding)
        if texts is not None and _share_of_letters(texts, script) >= _SHARE:
            return script.encoding
    return None


def _undeclared(entry: zipfile.ZipInfo) -> bytes | None:
    """The bytes of a name whose encoding is not known; None where it is UTF-8 or ASCII."""
    if entry.flag_bits & _UTF8_FLAG or entry.filename.isascii():
        return None
    try:
        return entry.filename.encode(_FALLBACK)
    except UnicodeEncodeError:  # zipfile took it from a field that states it in UTF-8
        return None


def _checked(encoding: str, names: list[bytes]) -> str:
    try:
        found = codecs.lookup(encoding).name
        for name in names:
            name.decode(found)
    except LookupError:
        raise UserError(
            f"There is no encoding {encoding!r}; name one such as cp949 (Korean), cp932 (Japanese) or cp437."
        ) from None
    except UnicodeDecodeError:
        raise UserError(f"The names in the archive are not in {encoding}; name another encoding.") from None
    return found


def _decoded(names: list[bytes], encoding: str) -> list[str] | None:
    try:
        return [name.decode(encoding) for name in names]
    except UnicodeDecodeError:
        return None


def _share_of_letters(texts: list[str], script: _Script) -> float:
    good = bad = 0
    for text in texts:
        for run in re.finditer(r"[^\x00-\x7f]+", text):
            around = text[max(run.start() - 1, 0) : run.start()] + text[run.end() : run.end() + 1]
            alone = len(run[0]) == 1 and any(one.isalpha() for one in around)
            for character in run[0]:
                if script.is_letter(character) and not alone and _is_common(character, script.common):
                    good += 1
                elif character.isalpha() or not character.isprintable() or alone:
                    bad += 1
    return good / max(good + bad, 1)


def _is_common(character: str, encoding: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
