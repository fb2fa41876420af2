from .intervention import intervention, intervention_end
from .lists import intervention_list, unit_interventions
from .new import intervention_new
from .start import start

__all__ = [
    "intervention",
    "intervention_end",
    "intervention_list",
    "intervention_new",
    "start",
    "unit_interventions",
]
