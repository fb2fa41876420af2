"""Every address with the door that opens it, read from the resolver; and in words what it is about.

The page "What can each role see", the command permission_matrix, the checks at start and the tests read the same list.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .roles import Permission
from .web import OPERATORS_PAGES, Door

# Endings of names of addresses that answer with a file.
FILE_ENDINGS = ("-xlsx", "-csv", "-workbook", "-file", "-refused")

# What the addresses are about whose names begin like this; the longest beginning counts. Apps stand here by name.
SUBJECTS: dict[str, Promise] = {
    "start": _("start page"),
    "accounts:sign-": _("signing in and out"),
    "account_login": _("signing in and out"),
    "accounts:choose-password": _("signing in and out"),
    "accounts:one-time-link": _("signing in and out"),
    "accounts:municipality-": _("signing in and out"),
    "accounts:oidc-": _("signing in and out"),
    "accounts:saml-": _("signing in and out"),
    "accounts:sso-begin": _("signing in and out"),
    "accounts:second-factor": _("one's own way of signing in"),
    "accounts:factor-": _("one's own way of signing in"),
    "accounts:my-sign-in": _("one's own way of signing in"),
    "accounts:own-": _("one's own way of signing in"),
    "accounts:recovery-codes": _("one's own way of signing in"),
    "mfa_": _("one's own way of signing in"),
    "accounts:sso-": _("single sign-on"),
    "accounts:retention-": _("what is removed when"),
    "accounts:export-": _("export of the municipality"),
    "accounts:data-protection-": _("data-protection document"),
    "pupils:data-subject-": _("what is kept about a pupil, for whoever asks"),
    "pupils:erasure-": _("what is kept about a pupil, for whoever asks"),
    "pupils:pupil-erasure": _("what is kept about a pupil, for whoever asks"),
    "pupils:register-extract": _("what is kept about a pupil, for whoever asks"),
    "accounts:person": _("people and their roles"),
    "accounts:language": _("choice of language"),
    "accounts:accessibility": _("accessibility statement"),
    "accounts:health": _("whether the service answers"),
    "accounts:administration": _("administration"),
    "accounts:role-": _("what each role can see"),
    "accounts:unit": _("units and reorganisation"),
    "aggregation:reorganise": _("units and reorganisation"),
    "aggregation:limits": _("limits for small groups"),
    "aggregation:held-back": _("figures that are held back"),
    "aggregation:import-": _("imports"),
    "aggregation:job-": _("background work"),
    "aggregation:unit-": _("maps and figures of a unit"),
    "aggregation:indicator": _("maps and figures of a unit"),
    "pupils:group-": _("registered groups"),
    "pupils:access-": _("protected identity"),
    "pupils:name": _("protected identity"),
    "pupils:protect": _("protected identity"),
    "pupils:unmasking": _("protected identity"),
    "pupils:emergency": _("opening pupils in an emergency"),
    "pupils:log": _("the log and its follow-up"),
    "pupils:seen-by": _("who has seen a pupil"),
    "colourmaps:log-": _("the log and its follow-up"),
    "medical:": _("medical pupil health"),
    "colourmaps:people-list": _("people and their roles"),
    "colourmaps:class-": _("pupils' results, class by class"),
    "colourmaps:year-group-": _("pupils' results, class by class"),
    "colourmaps:team-": _("pupils' results, class by class"),
    "colourmaps:cell-": _("pupils' results, class by class"),
    "colourmaps:pupil": _("a single pupil's results over time"),
    "colourmaps:search": _("search for units and pupils, within what the role sees"),
    "colourmaps:typing": _("filling in results"),
    "colourmaps:fill": _("filling in results"),
    "colourmaps:import": _("imports"),
    "colourmaps:map": _("the municipality's colour maps"),
    "colourmaps:school-map": _("which maps a school uses"),
    "colourmaps:threshold": _("limits of the colours"),
    "colourmaps:indicator": _("indicators"),
    "colourmaps:starter-set": _("indicators"),
    "colourmaps:round": _("measurement rounds"),
    "interventions:intervention": _("interventions and their follow-up"),
    "interventions:session-": _("interventions and their follow-up"),
    "interventions:evaluation": _("interventions and their follow-up"),
    "interventions:follow-up": _("interventions and their follow-up"),
    "interventions:baseline-": _("interventions and their follow-up"),
    "interventions:improvements": _("what got better, and what was done"),
    "interventions:early-effort": _("how early help comes"),
    "interventions:unit-interventions": _("interventions and their follow-up"),
    "interventions:unit-unanswered": _("red without an answer"),
    "interventions:team-unanswered": _("red without an answer"),
    "interventions:column-answers": _("red without an answer"),
    "interventions:team-column-answers": _("red without an answer"),
    "interventions:cell-answers": _("red without an answer"),
    "interventions:own-analysis": _("own analysis and the team's notes"),
    "interventions:team-notes": _("own analysis and the team's notes"),
    "interventions:talk": _("talks with pupil and guardian"),
    "interventions:family-": _("what families answer"),
    "interventions:voice": _("the families' own questions, by a code on paper"),
    "interventions:mail-": _("one's own mails"),
    "interventions:catalogue": _("catalogue of interventions"),
    "interventions:entry": _("catalogue of interventions"),
    "interventions:offer": _("catalogue of interventions"),
    "interventions:question-": _("questions between levels"),
    "interventions:question": _("questions between levels"),
    "interventions:unit-obstacles": _("questions between levels"),
    "interventions:meeting": _("analysis meetings"),
    "interventions:series": _("analysis meetings"),
    "interventions:unit-meetings": _("analysis meetings"),
    "interventions:decision-done": _("analysis meetings"),
    "interventions:calendar-": _("calendar of one's own meetings"),
    "interventions:routine": _("whether meetings are held"),
    "interventions:unit-routine": _("whether meetings are held"),
}

# Of what a door opens its address.
REACHES: dict[str, Promise] = {
    "requires": _("of the own unit and those below it"),
    "requires_somewhere": _("of one's own"),
    "requires_for_all": _("for the whole municipality"),
    "signed_in": _("everybody who has signed in"),
    "own_account": _("everybody who has signed in"),
    "before_second_factor": _("everybody who has signed in"),
    "public": _("everybody, without signing in"),
}


class Address(NamedTuple):
    """name: with its namespace. path: as the resolver writes it. door: how its view is opened, None where it is not."""

    name: str
    path: str
    door: Door | None
    view: str

    @property
    def subject(self) -> Promise | None:
        beginnings = [each for each in SUBJECTS if self.name.startswith(each)]
        return SUBJECTS[max(beginnings, key=len)] if beginnings else None

    @property
    def is_file(self) -> bool:
        return self.name.endswith(FILE_ENDINGS)


def addresses(resolver: URLResolver | None = None) -> list[Address]:
    """All but the operator's own pages, which Django opens to the platform operator alone."""
    return list(_addresses(resolver or get_resolver(), "", ""))


def opened_by(permission: Permission) -> list[Address]:
    return [each for each in addresses() if each.door and each.door.permission is permission]


def _addresses(resolver: URLResolver, namespace: str, path: str) -> Iterator[Address]:
    for pattern in resolver.url_patterns:
        whole = path + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            if pattern.app_name != OPERATORS_PAGES:
                inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
                yield from _addresses(pattern, inner, whole)
        elif isinstance(pattern, URLPattern):
            view = pattern.callback
            yield Address(
                f"{namespace}{pattern.name or ''}",
                f"/{whole}",
                getattr(view, "door", None),
                f"{view.__module__}.{getattr(view, '__qualname__', type(view).__name__)}",
            )
