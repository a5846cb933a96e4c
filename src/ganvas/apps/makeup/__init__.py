"""Make-up transfer from references to a face: without training, or by a trained model with a masked output.

Both preserve identity: everything but lips, lids, brows and skin is unchanged to the last bit (hair, earrings, teeth,
eyes, background), and fine detail is that of the source.
"""

from ganvas.apps.makeup.transfer import (
    KEPT,
    MARK,
    MOST_REFERENCES,
    SURE,
    Amounts,
    MadeUp,
    Makeup,
    check_strength,
    check_weights,
)

__all__ = ["KEPT", "MARK", "MOST_REFERENCES", "SURE", "Amounts", "MadeUp", "Makeup", "check_strength", "check_weights"]
