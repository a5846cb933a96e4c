"""Hooks of MkDocs for the documentation site: what the pages need beside mkdocs.yml.

The sources are written for a plain git host. So pages outside of docs/ are added, links between files of the repository
become links between pages, lists may be indented by two spaces, and formulas become MathML, which needs no script.
"""

from __future__ import annotations

import html
import logging
import posixpath
import re
from pathlib import Path
from typing import Any

from latex2mathml.converter import convert
from markdown import Markdown
from markdown.extensions import Extension
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[1]
log = logging.getLogger("mkdocs.plugins.docs_site")  # MkDocs counts the warnings of its own loggers

OUTSIDE = {
    "README.md": "project.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "deploy/airflow/README.md": "deploy/airflow.md",
    "notebooks/README.md": "notebooks.md",
}
"""Files of the repository that are pages of the site: path → name of the page."""

KOREAN = "ko/"
"""Folder of the pages in Korean."""

_LINK = re.compile(r"\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\((?!https?:|mailto:|#)([^)\s#]+)(#[^)\s]*)?\)")
_FORMULA = re.compile(r'<(span|div) class="arithmatex">\\([(\[])(.*?)\\[)\]]</\1>', re.DOTALL)
_FROM_ANOTHER_HOST = re.compile(
    r'<(?:script|img|iframe|source|video|audio|link(?=[^>]*rel="?(?:stylesheet|icon|pre)))[^>]*(?:src|href)="?(?:https?:)?//[^">]*'
)
_ROLE = re.compile(r":(?:attr|class|data|func|meth|mod):(?=<code>)")


class ShortIndent(Extension):
    """Nested lists and blocks indented by two spaces, as git hosts read them."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name that Markdown calls
        md.tab_length = 2


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Adds the Markdown extension."""
    config.markdown_extensions.append(ShortIndent())  # type: ignore[arg-type]
    return config


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Adds the pages from outside of docs/."""
    for path, page in OUTSIDE.items():
        files.append(File.generated(config, page, abs_src_path=str(ROOT / path)))
    return files


def on_page_markdown(markdown: str, *, page: Page, **_: Any) -> str:
    """Makes links between files of the repository links between pages."""
    own = page.file.src_uri
    source = next((path for path, name in OUTSIDE.items() if name == own), f"docs/{own}")

    def linked(match: re.Match[str]) -> str:
        text, target, anchor = match[1], match[2], match[3] or ""
        path = posixpath.normpath(posixpath.join(posixpath.dirname(source), target))
        name = OUTSIDE.get(path, path.removeprefix("docs/") if path.startswith("docs/") else None)
        if name is None and (ROOT / path).exists():
            return text  # a file of the source code, which the site does not hold
        where = target if name is None else posixpath.relpath(name, posixpath.dirname(own) or ".")
        return f"[{text}]({where}{anchor})"

    return _LINK.sub(linked, markdown)


def on_page_content(content: str, **_: Any) -> str:
    """Makes formulas MathML, and removes the roles of cross-references in docstrings."""

    def formula(match: re.Match[str]) -> str:
        return convert(html.unescape(match[3]), display="inline" if match[2] == "(" else "block")

    return _ROLE.sub("", _FORMULA.sub(formula, content)).replace("</code>::</p>", "</code>:</p>")


def on_post_page(output: str, *, page: Page, **_: Any) -> str:
    """States the language of pages that are not in English, and warns of what a page would load from another host."""
    for found in _FROM_ANOTHER_HOST.findall(output):
        log.warning("%s would load something from another host: %s", page.file.src_uri, found)
    return output.replace('<html lang="en"', '<html lang="ko"', 1) if page.file.src_uri.startswith(KOREAN) else output
