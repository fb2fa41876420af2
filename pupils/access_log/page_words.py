"""What a page that shows pupils is called in the log, by the name of its address, of the apps on the right as well."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

PAGE_WORDS = {
    "colourmaps:cell-panel": _("a result on the map"),
    "colourmaps:class-indicator": _("an indicator of a class"),
    "colourmaps:class-map": _("class map"),
    "colourmaps:class-map-csv": _("class map as a file"),
    "colourmaps:class-map-xlsx": _("class map as a file"),
    "colourmaps:fill-in-workbook": _("workbook to fill in"),
    "colourmaps:filled-in": _("filled-in workbook"),
    "colourmaps:import": _("import"),
    "colourmaps:import-file": _("file as it was imported"),
    "colourmaps:import-refused": _("rows that an import left out"),
    "colourmaps:pupil": _("the pupil's page"),
    "colourmaps:pupil-sheet": _("sheet for the talk"),
    "colourmaps:search": _("search"),
    "colourmaps:team-map": _("map of the own classes"),
    "colourmaps:team-map-xlsx": _("map of the own classes as a file"),
    "colourmaps:typing": _("sheet to type results in"),
    "colourmaps:typing-save": _("sheet to type results in"),
    "colourmaps:year-group-map": _("map of a year group"),
    "colourmaps:year-group-map-xlsx": _("map of a year group as a file"),
    "interventions:cell-answers": _("what answers a result"),
    "interventions:column-answers": _("what answers a column"),
    "interventions:evaluation": _("evaluation of an intervention"),
    "interventions:intervention": _("intervention"),
    "interventions:intervention-edit": _("intervention"),
    "interventions:intervention-expectation": _("intervention"),
    "interventions:intervention-list": _("list of interventions"),
    "interventions:intervention-new": _("new intervention"),
    "interventions:intervention-new-together": _("new intervention"),
    "interventions:intervention-sheet": _("sheet of an intervention"),
    "interventions:meeting": _("meeting"),
    "interventions:meeting-case": _("case of a meeting"),
    "interventions:meeting-case-new": _("new case of a meeting"),
    "interventions:meeting-close": _("end of a meeting"),
    "interventions:meeting-holding": _("meeting"),
    "interventions:meeting-note": _("notes of a meeting"),
    "interventions:meeting-picture": _("map of a meeting"),
    "interventions:meeting-recap": _("what a meeting decided"),
    "interventions:meeting-room": _("meeting room"),
    "interventions:question": _("question"),
    "interventions:question-again": _("question"),
    "interventions:question-list": _("list of questions"),
    "interventions:talk": _("talk with pupil and guardian"),
    "interventions:talk-agreement": _("talk with pupil and guardian"),
    "interventions:talk-close": _("talk with pupil and guardian"),
    "interventions:talk-list": _("talks with pupil and guardian"),
    "interventions:talk-print": _("talk on paper"),
    "interventions:unit-interventions": _("interventions of a class"),
    "pupils:group-change": _("members of a group"),
    "pupils:group-members": _("members of a group"),
    "pupils:log-account": _("log: what an account has read"),
    "colourmaps:log-account-xlsx": _("log: what an account has read, as a file"),
    "pupils:log-control": _("log: control"),
    "pupils:log-pupil": _("log: who has seen a pupil"),
    "pupils:log-pupil-search": _("log: search for a pupil"),
    "pupils:seen-by": _("who has seen the pupil"),
}


def page_in_words(page: str, action: str) -> str:
    """Where it was: on which page, or on none; for pages that nobody has put into words, what was done."""
    return str(PAGE_WORDS.get(page) or (action if page else _("background work")))
