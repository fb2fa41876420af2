"""What the frame of every page needs: the municipality, the person's own pages, the languages."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from .access import Sight
from .roles import Permission
from .second_factor import is_missing
from .web import MunicipalityRequest, address_of_page

# The pages of the top bar, those that are used most first: label, address by name, and the permission that somebody
# must hold somewhere to see it.
NAVIGATION: list[tuple[Any, str, Permission | None]] = [
    (_("Start"), "start", None),
    (_("Interventions"), "interventions:intervention-list", Permission.DECIDE_INTERVENTIONS),
    (_("Meetings"), "interventions:meeting-list", Permission.MEET),
    (_("Catalogue"), "interventions:catalogue", Permission.KEEP_CATALOGUE),
    (_("Questions"), "interventions:question-list", Permission.ANSWER_QUESTIONS),
    (_("Routine"), "interventions:routine", Permission.WATCH_ROUTINE),
    (_("Fill in"), "colourmaps:fill-in-list", Permission.RECORD_RESULTS),
    (_("Import"), "colourmaps:import-list", Permission.IMPORT_RESULTS),
    (_("Groups"), "pupils:group-list", Permission.KEEP_GROUPS),
    (_("Maps"), "colourmaps:school-map-list", Permission.CHOOSE_MAPS),
    (_("Rounds"), "colourmaps:round-list", Permission.PLAN_ROUNDS),
    (_("Limits"), "colourmaps:threshold-list", Permission.SET_LIMITS),
    (_("Medical pupil health"), "medical:class-list", Permission.SEE_MEDICAL),
    (_("Protected"), "pupils:protected-list", Permission.GUARD_PUPILS),
    (_("Emergency"), "pupils:emergency-list", Permission.OPEN_IN_EMERGENCY),
    (_("Emergencies"), "pupils:emergency-log", Permission.READ_ACCESS_LOG),
    (_("Log"), "pupils:log", Permission.READ_ACCESS_LOG),
    (_("Pupils who ask"), "pupils:data-subject-find", Permission.ANSWER_DATA_SUBJECTS),
    (_("Administration"), "accounts:administration", Permission.CONFIGURE),
]
# More than this many would not fit beside the search: the rest is below "More".
MOST_IN_THE_BAR = 6
# What another page leads to, for those who have that one: Administration, Meetings.
REACHED_BY_ANOTHER = {
    "colourmaps:round-list": Permission.CONFIGURE,
    "colourmaps:threshold-list": Permission.CONFIGURE,
    "interventions:routine": Permission.MEET,
    "pupils:data-subject-find": Permission.SEE_PUPILS,
    "pupils:protected-list": Permission.CONFIGURE,
    "pupils:emergency-list": Permission.GUARD_PUPILS,
}


def page_context(request: MunicipalityRequest) -> dict[str, Any]:
    """What every page's frame needs: municipality, own pages, languages."""
    municipality = getattr(request, "municipality", None)
    is_in = municipality is not None and not is_missing(request)
    navigation = navigation_of(request) if is_in else []
    n_shown = MOST_IN_THE_BAR if len(navigation) > MOST_IN_THE_BAR + 1 else len(navigation)
    return {
        "municipality": municipality,
        "navigation": navigation[:n_shown],
        "more_navigation": navigation[n_shown:],
        "emergencies": request.sight.open_emergencies if is_in else [],
        "may_search": is_in and sees_units(request.sight),
        "available_languages": [
            (code, get_language_info(code)["name_local"]) for code, _name in settings.LANGUAGES
        ],
    }


def sees_units(sight: Sight) -> bool:
    """Whether there is anything that a search could find for the person."""
    return sight.has(Permission.SEE_PUPILS) or sight.has(Permission.SEE_SUMS)


def navigation_of(request: MunicipalityRequest) -> list[dict[str, Any]]:
    entries = [
        {"label": label, "url": address_of_page(name)}
        for label, name, permission in NAVIGATION
        if (permission is None or request.sight.has(permission))
        and not (name in REACHED_BY_ANOTHER and request.sight.has(REACHED_BY_ANOTHER[name]))
    ]
    for entry in entries:
        entry["current"] = entry["url"] == request.path
    return entries
