"""What every table holds, said once by the app that owns it: about a pupil, and how, or about none, and why.

Register extracts, erasure, the retention plan, the export of a municipality and the data-protection pack all read this
and nothing else, so a table cannot be forgotten by one of them. A table that is declared nowhere fails the tests.
"""

from .information import TYPES, InformationType, Removal, add_type, type_of
from .registry import (
    Declaration,
    Emptied,
    about_pupils,
    declaration_of,
    declarations,
    faults,
    not_about_pupils,
    of_the_platform,
)

__all__ = [
    "TYPES",
    "Declaration",
    "Emptied",
    "InformationType",
    "Removal",
    "about_pupils",
    "add_type",
    "declaration_of",
    "declarations",
    "faults",
    "not_about_pupils",
    "of_the_platform",
    "type_of",
]
