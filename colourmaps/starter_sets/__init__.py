"""Indicators to begin with, by country: one TOML file per set, in this folder.

A set has `country`, `names` and `about` by language, and `indicators`; what stands at the top besides (owner, source,
purpose, legal_ground, version, definitions) holds for each indicator that does not say it itself. An indicator has
limits only where a public rule states them, and then says which; else the municipality sets them.
"""

from .reading import StarterIndicator, StarterLimits, StarterSet, starter_set, starter_sets

__all__ = ["StarterIndicator", "StarterLimits", "StarterSet", "starter_set", "starter_sets"]
