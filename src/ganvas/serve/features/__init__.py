"""The features of the studio: a folder and a line each. No feature imports another."""

from __future__ import annotations

from ganvas.serve.core.feature import Feature
from ganvas.serve.features.access import ACCESS
from ganvas.serve.features.card import CARD
from ganvas.serve.features.curate import CURATE
from ganvas.serve.features.draw import DRAW
from ganvas.serve.features.generate import GENERATE
from ganvas.serve.features.home import HOME
from ganvas.serve.features.lookalike import LOOKALIKE
from ganvas.serve.features.montage import MONTAGE
from ganvas.serve.features.music import MUSIC
from ganvas.serve.features.opinion import OPINION
from ganvas.serve.features.runs import RUNS
from ganvas.serve.features.train import TRAIN
from ganvas.serve.features.translate import TRANSLATE

FEATURES: tuple[Feature, ...] = (
    HOME,
    DRAW,
    GENERATE,
    TRANSLATE,
    CARD,
    MUSIC,
    LOOKALIKE,
    MONTAGE,
    OPINION,
    TRAIN,
    RUNS,
    CURATE,
    ACCESS,
)
