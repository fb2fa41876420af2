from .answers import cell_answers, unit_unanswered
from .following_up import baseline_anew, follow_up
from .improvements import improvements
from .intervention import intervention, intervention_end
from .lists import intervention_list, unit_interventions
from .new import intervention_new
from .start import start

__all__ = [
    "baseline_anew",
    "cell_answers",
    "follow_up",
    "improvements",
    "intervention",
    "intervention_end",
    "intervention_list",
    "intervention_new",
    "start",
    "unit_interventions",
    "unit_unanswered",
]
