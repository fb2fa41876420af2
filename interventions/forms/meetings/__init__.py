"""What is written at a meeting. The forms validate; services.meetings writes."""

from .agenda import AddCaseForm, DropForm
from .deciding import DecisionForm
from .holding import HoldingForm, PresenceForm
from .notes import NoteForm

__all__ = ["AddCaseForm", "DecisionForm", "DropForm", "HoldingForm", "NoteForm", "PresenceForm"]
