"""What is written about a question. The forms validate, and show what may be names before a text leaves the school."""

from .answering import AnswerForm, AskAgainForm
from .asking import AskForm
from .looked import Looked
from .passing_on import PassOnForm
from .setup import AreaForm, NameForm, QueueForm
from .sorting import SortForm

__all__ = [
    "AnswerForm",
    "AreaForm",
    "AskAgainForm",
    "AskForm",
    "Looked",
    "NameForm",
    "PassOnForm",
    "QueueForm",
    "SortForm",
]
