"""The forms: a plan with its steps and costs, what is expected, the end, and what a list shows. The services save."""

from .choices import choose_from, pupil_choices
from .end import EndForm
from .expectation import ExpectationForm
from .filters import ListFilter
from .plan import PlanForm

__all__ = ["EndForm", "ExpectationForm", "ListFilter", "PlanForm", "choose_from", "pupil_choices"]
