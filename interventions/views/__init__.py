from .answers import cell_answers, team_unanswered, unit_unanswered
from .calendar_feed import calendar_feed, calendar_file
from .catalogue import catalogue, entry, entry_use
from .closing import evaluation, intervention_continue
from .columns import column_answers, team_column_answers
from .early_effort import early_effort
from .edit import intervention_edit, intervention_expectation, intervention_step
from .following_up import baseline_anew, follow_up
from .improvements import improvements
from .intervention import intervention, intervention_end, intervention_sheet
from .keeping import entry_check, entry_edit, entry_new, entry_restore, entry_withdraw
from .lists import intervention_list, intervention_list_xlsx, unit_interventions, unit_interventions_xlsx
from .meeting_calendar import meeting_list, unit_meetings
from .meeting_picture import meeting_picture
from .meeting_planning import meeting_cancel, meeting_move, meeting_new
from .meeting_series import series, series_new
from .meetings import (
    meeting,
    meeting_agenda,
    meeting_case,
    meeting_case_new,
    meeting_close,
    meeting_holding,
    meeting_note,
    meeting_presence,
    meeting_recap,
    meeting_room,
    meeting_start,
)
from .new import intervention_new, intervention_new_together
from .question import question
from .question_new import question_new
from .question_pass_on import question_pass_on
from .question_setup import question_area, question_queue, question_setup
from .question_steps import question_again, question_answer, question_read, question_sort, question_take
from .questions import question_list, question_list_xlsx, unit_obstacles
from .sessions import session_add, session_list, session_mark, session_mark_several, session_plan
from .sharing import entry_share, entry_source, entry_unshare, offer, offer_list, offer_take
from .start import start

__all__ = [
    "baseline_anew",
    "calendar_feed",
    "calendar_file",
    "catalogue",
    "cell_answers",
    "column_answers",
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
    "evaluation",
    "follow_up",
    "improvements",
    "intervention",
    "intervention_continue",
    "intervention_edit",
    "intervention_end",
    "intervention_expectation",
    "intervention_list",
    "intervention_list_xlsx",
    "intervention_new",
    "intervention_new_together",
    "intervention_sheet",
    "intervention_step",
    "meeting",
    "meeting_agenda",
    "meeting_cancel",
    "meeting_case",
    "meeting_case_new",
    "meeting_close",
    "meeting_holding",
    "meeting_list",
    "meeting_move",
    "meeting_new",
    "meeting_note",
    "meeting_picture",
    "meeting_presence",
    "meeting_recap",
    "meeting_room",
    "meeting_start",
    "offer",
    "offer_list",
    "offer_take",
    "question",
    "question_again",
    "question_answer",
    "question_area",
    "question_list",
    "question_list_xlsx",
    "question_new",
    "question_pass_on",
    "question_queue",
    "question_read",
    "question_setup",
    "question_sort",
    "question_take",
    "series",
    "series_new",
    "session_add",
    "session_list",
    "session_mark",
    "session_mark_several",
    "session_plan",
    "start",
    "team_column_answers",
    "team_unanswered",
    "unit_interventions",
    "unit_interventions_xlsx",
    "unit_meetings",
    "unit_obstacles",
    "unit_unanswered",
]
