"""The forms: a plan with its steps and costs, what is expected, sessions, the end, the evaluation, what follows, and
what a list shows. They validate; the services save."""

from .choices import choose_from, pupil_choices
from .end import EndForm
from .evaluation import ContinuationForm, EvaluationForm
from .expectation import ExpectationForm
from .filters import ListFilter
from .mail import MailChoiceForm
from .own_analysis import OwnAnalysisForm
from .plan import PlanForm
from .sessions import DaysForm, MarkForm, SessionForm, SeveralForm, WishForm

__all__ = [
    "ContinuationForm",
    "DaysForm",
    "EndForm",
    "EvaluationForm",
    "ExpectationForm",
    "ListFilter",
    "MailChoiceForm",
    "MarkForm",
    "OwnAnalysisForm",
    "PlanForm",
    "SessionForm",
    "SeveralForm",
    "WishForm",
    "choose_from",
    "pupil_choices",
]
