"""``python -m ganvas.cli``: the same as ``ganvas``."""

import sys

from ganvas.cli import main

sys.exit(main())
