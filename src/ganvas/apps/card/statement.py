"""The statement about a card: by which model it was drawn, what the model learned from, and what the user signs."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

from ganvas.apps.card.fonts import shipped
from ganvas.apps.card.geometry import MM_PER_INCH

Language = Literal["en", "ko"]

A4 = (210.0, 297.0)  # mm
_MARGIN = 22.0  # mm

_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "title": "About this card",
        "own": "The portrait on this card was drawn from my own photograph by the model “{model}”{detail}.",
        "none": "The picture on this card was not drawn by a model.",
        "learned": "The model learned from:",
        "unknown": "The model does not say what it learned from.",
        "pictures": "{count} pictures",
        "mark": "The files say “made by a model” in their metadata (XMP, IPTC digital source type).",
        "check": "I confirm:",
        "date": "Date",
        "sign": "Signature",
    },
    "ko": {
        "title": "이 카드에 대하여",
        "own": "이 카드의 초상은 내가 가진 내 사진으로 모델 “{model}”{detail} 그린 것입니다.",
        "none": "이 카드의 그림은 모델이 그린 것이 아닙니다.",
        "learned": "모델이 학습한 자료:",
        "unknown": "모델에 학습 자료가 적혀 있지 않습니다.",
        "pictures": "사진 {count}장",
        "mark": "파일의 메타데이터에 모델이 만들었다는 표시가 있습니다(XMP, IPTC digital source type).",
        "check": "다음을 확인합니다:",
        "date": "날짜",
        "sign": "서명",
    },
}

CHECKLIST: dict[Language, tuple[str, ...]] = {
    "en": (
        "The photograph is mine, and the person in it is me or has agreed to this card.",
        "The person is an adult, or a parent or guardian has agreed.",
        "The person is no celebrity or other public figure.",
        "There are no trademarks, logos, slogans, flags, currency, addresses, phone or account numbers on it.",
        "It shows no cartoon character and no artwork of others.",
        "It shows no politics, religion, alcohol, tobacco, weapons, violence or nudity.",
        "I have looked at the card in its real size, and know that print is less bright than a screen.",
    ),
    "ko": (
        "사진은 내 것이며, 사진 속 사람은 나이거나 이 카드에 동의했습니다.",
        "사진 속 사람은 성인이거나 보호자가 동의했습니다.",
        "사진 속 사람은 연예인이나 공인이 아닙니다.",
        "상표, 로고, 구호, 국기, 화폐, 주소, 전화번호, 계좌번호가 없습니다.",
        "만화 캐릭터나 다른 사람의 작품이 없습니다.",
        "정치, 종교, 술, 담배, 무기, 폭력, 노출이 없습니다.",
        "실제 크기로 카드를 확인했고, 인쇄는 화면보다 어둡다는 것을 압니다.",
    ),
}


class ModelCredit(NamedTuple):
    """Pictures or weights that a model was made from."""

    name: str
    licence: str | None = None
    pictures: int | None = None


class Provenance(NamedTuple):
    """The model that drew a picture, and what it learned from."""

    model: str
    family: str = ""
    credits: tuple[ModelCredit, ...] = ()


def draw_statement(canvas: Any, provenance: Provenance | None, language: Language) -> None:
    """Draw the statement on the present page, of the size :data:`A4`, in black alone.

    Args:
        canvas: A canvas of reportlab, in points, whose fill colour is black.
        provenance: The model; None: the picture was drawn by none.
        language: Of the sentences.
    """
    words = _WORDS[language]
    page = _Page(canvas)
    page.line(words["title"], "serif-bold", 20, after=14)
    if provenance is None:
        page.paragraph(words["none"], 11)
    else:
        family = f" ({provenance.family})" if provenance.family else ""
        page.paragraph(words["own"].format(model=provenance.model, detail=_particle(family, language)), 11, after=3)
        page.paragraph(words["learned"] if provenance.credits else words["unknown"], 11, after=2)
        for credit in provenance.credits[:8]:
            page.paragraph("·  " + _credit(credit, words), 10, indent=4)
        page.paragraph(words["mark"], 9, before=3)
    page.line(words["check"], "sans-bold", 11, before=8, after=4)
    for item in CHECKLIST[language]:
        page.checkbox(item, 10.5)
    page.signature(words["date"], words["sign"])


def _particle(family: str, language: Language) -> str:
    return f"{family}(으)로" if language == "ko" else family


def _credit(credit: ModelCredit, words: dict[str, str]) -> str:
    parts = [credit.name]
    if credit.pictures is not None:
        parts.append(words["pictures"].format(count=f"{credit.pictures:,}"))
    if credit.licence:
        parts.append(credit.licence)
    return " · ".join(parts)


class _Page:
    """Lines of text from the top of the page down."""

    def __init__(self, canvas: Any) -> None:
        self._canvas = canvas
        self._y = A4[1] - _MARGIN - 6

    def line(
        self, text: str, font: str, size: float, *, before: float = 0, after: float = 0, indent: float = 0
    ) -> None:
        self._y -= before
        self._canvas.setFont(font, size)
        self._canvas.drawString(_points(_MARGIN + indent), _points(self._y), text)
        self._y -= size * 0.5 + after

    def paragraph(self, text: str, size: float, *, before: float = 0, after: float = 1, indent: float = 0) -> None:
        lines = _wrapped(text, size, A4[0] - 2 * _MARGIN - indent)
        for number, line in enumerate(lines):
            last = number == len(lines) - 1
            self.line(
                line, "sans", size, before=before if number == 0 else 0, after=after if last else 0, indent=indent
            )

    def checkbox(self, text: str, size: float) -> None:
        side = 3.6
        self._canvas.setLineWidth(0.6)
        self._canvas.rect(_points(_MARGIN), _points(self._y - 0.4), _points(side), _points(side))
        self.paragraph(text, size, indent=7, after=2.4)

    def signature(self, date: str, sign: str) -> None:
        self._y -= 16
        for x, width, label in ((_MARGIN, 50, date), (_MARGIN + 62, 104, sign)):
            self._canvas.setLineWidth(0.6)
            self._canvas.line(_points(x), _points(self._y), _points(x + width), _points(self._y))
            self._canvas.setFont("sans", 8.5)
            self._canvas.drawString(_points(x), _points(self._y - 4.6), label)


def _wrapped(text: str, size: float, width: float) -> list[str]:
    """The lines of a text; characters that the font lacks are replaced."""
    font = shipped("sans")
    clean = "".join("?" if font.missing(letter) else letter for letter in " ".join(text.split()))
    most = width / (size * MM_PER_INCH / 72)
    lines, present = [], ""
    for word in clean.split(" "):
        longer = f"{present} {word}".strip()
        if present and font.width(longer) > most:
            lines.append(present)
            present = word
        else:
            present = longer
    return [*lines, present]


def _points(millimetres: float) -> float:
    return millimetres / MM_PER_INCH * 72
