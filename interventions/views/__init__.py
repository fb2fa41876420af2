from .answers import cell_answers, unit_unanswered
from .catalogue import catalogue, entry, entry_use
from .early_effort import early_effort
from .intervention import intervention, intervention_end
from .keeping import entry_check, entry_edit, entry_new, entry_restore, entry_withdraw
from .lists import intervention_list, unit_interventions
from .new import intervention_new
from .sharing import entry_share, entry_source, entry_unshare, offer, offer_list, offer_take
from .start import start

__all__ = [
    "catalogue",
    "cell_answers",
    "early_effort",
    "entry",
    "entry_check",
    "entry_edit",
    "entry_new",
    "entry_restore",
    "entry_share",
    "entry_source",
    "entry_unshare",
    "entry_use",
    "entry_withdraw",
    "intervention",
    "intervention_end",
    "intervention_list",
    "intervention_new",
    "offer",
    "offer_list",
    "offer_take",
    "start",
    "unit_interventions",
    "unit_unanswered",
]
