"""Identity numbers and names of pupils: pure functions that check, normalise and propose, and never merge.

The rule behind all of it: a real child is never turned away by a computer. What a rule cannot confirm is
kept, marked as doubtful with a reason, and waits for a person.
"""

from .names import Match, name_sort_key, propose_matches, search_key
from .parsing import display_identity, parse_identity
from .verdict import Identity, IdentityKind, NotAnIdentity, Remark, Status, Unreadable

__all__ = [
    "Identity",
    "IdentityKind",
    "Match",
    "NotAnIdentity",
    "Remark",
    "Status",
    "Unreadable",
    "display_identity",
    "name_sort_key",
    "parse_identity",
    "propose_matches",
    "search_key",
]
