"""Whom a face resembles: angles of the face in 3-D beside an embedding, among the people of a gallery.

``build_gallery(folder, options)`` → a gallery; ``measure_photograph(picture, reader)`` → a face;
``Comparer(gallery).compare(face)`` → the people it resembles, with reasons. No torch.
"""

from ganvas.apps.lookalike.angles import ANGLES, Angle, angles_of
from ganvas.apps.lookalike.build import GalleryOptions, build_gallery
from ganvas.apps.lookalike.compare import Answer, Comparer, Match
from ganvas.apps.lookalike.gallery import Gallery, galleries_in, read_gallery, write_gallery
from ganvas.apps.lookalike.measure import Measured, measure_photograph, outlines
from ganvas.apps.lookalike.overlay import overlay
from ganvas.apps.lookalike.reasons import Reason, Reasons, sentence

__all__ = [
    "ANGLES",
    "Angle",
    "Answer",
    "Comparer",
    "Gallery",
    "GalleryOptions",
    "Match",
    "Measured",
    "Reason",
    "Reasons",
    "angles_of",
    "build_gallery",
    "galleries_in",
    "measure_photograph",
    "outlines",
    "overlay",
    "read_gallery",
    "sentence",
    "write_gallery",
]
