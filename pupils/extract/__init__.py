"""The register extract: everything that is kept about one pupil, in words, and who has read it."""

from .reading import Extract, Section, extract_of
from .walls import add_wall, narrowed

__all__ = ["Extract", "Section", "add_wall", "extract_of", "narrowed"]
