"""Which cases a meeting should go through. Reads only; services.meetings.prepare_agenda writes them."""

from .proposal import MOST_CASES, Proposal, n_left_out, proposal_for
from .proposed import Proposed
from .scope import Scope, round_ahead

__all__ = ["MOST_CASES", "Proposal", "Proposed", "Scope", "n_left_out", "proposal_for", "round_ahead"]
