from .answers import cell_answers, team_unanswered, unit_unanswered
from .columns import column_answers, team_column_answers
from .intervention import intervention, intervention_end
from .lists import intervention_list, unit_interventions
from .new import intervention_new
from .start import start

__all__ = [
    "cell_answers",
    "column_answers",
    "intervention",
    "intervention_end",
    "intervention_list",
    "intervention_new",
    "start",
    "team_column_answers",
    "team_unanswered",
    "unit_interventions",
    "unit_unanswered",
]
