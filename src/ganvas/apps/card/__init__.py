"""Cards: a face as a drawing, laid out on a card in ID-1 format, checked, and written for a print shop or a bank.

``cartoon`` translates a face and lays it back into its photograph; ``templates``, ``design`` and ``artwork`` lay a card
out; ``print_checks`` and ``content_checks`` say what would go wrong; ``print_pdf`` and ``bank_jpeg`` write the files.
"""

from importlib.util import find_spec

from ganvas.errors import UserError

NEEDED = ("reportlab", "pikepdf", "resvg_py")


def check_installed() -> None:
    """Refuse to make cards without the extra.

    Raises:
        UserError: A package is missing.
    """
    if any(find_spec(name) is None for name in NEEDED):
        raise UserError("Cards need the extra: pip install 'ganvas[card]'.", code="card-extra")
