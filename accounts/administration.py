"""What an administrator can set up, as data: another entry is one line. Apps on the right stand here by URL name."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .roles import Permission


@dataclass(frozen=True)
class Entry:
    """url_name: of a page without a key. permission: that must be held for the whole municipality."""

    label: Promise
    sentence: Promise
    url_name: str
    permission: Permission = Permission.CONFIGURE


ENTRIES = [
    Entry(
        _("Units and reorganisation"),
        _("Schools, areas and classes: move, merge, divide, close, rename, new ones, by date."),
        "accounts:unit-tree",
    ),
    Entry(
        _("People"),
        _("Who can sign in, with which roles and until when: links, lost phones, sessions; also by a list."),
        "accounts:person-list",
    ),
    Entry(
        _("Single sign-on"),
        _("Where people sign in, which roles their groups give, and the two emergency accounts."),
        "accounts:sso-setup",
    ),
    Entry(
        _("What can each role see"),
        _("Every role with what it may do, down to which level, and the pages that it opens."),
        "accounts:role-matrix",
    ),
    Entry(
        _("Indicators"),
        _(
            "What is measured: names, scales, direction, measurement error, shelf life, purpose and legal ground."
        ),
        "colourmaps:indicator-list",
    ),
    Entry(
        _("Starter sets"),
        _("Ready indicators for Sweden, Norway and Denmark, adopted in one step."),
        "colourmaps:starter-sets",
    ),
    Entry(
        _("Measurement rounds"),
        _("When is measured, and what is due in which year groups."),
        "colourmaps:round-list",
        Permission.PLAN_ROUNDS,
    ),
    Entry(
        _("Limits"),
        _("From which value a result is yellow and green; tried out on the results before they hold."),
        "colourmaps:threshold-list",
        Permission.SET_LIMITS,
    ),
    Entry(
        _("Colour maps"),
        _("Named selections of indicators in an order of their own, shared with the schools."),
        "colourmaps:map-list",
    ),
    Entry(
        _("Registered groups"),
        _("Groups of pupils with a purpose and a legal ground, and whether they have figures of their own."),
        "pupils:group-registry",
    ),
    Entry(
        _("Protected identity"),
        _("Who is named for the pupils with protected identity of a school, from when and why."),
        "pupils:protected-list",
        Permission.GUARD_PUPILS,
    ),
    Entry(
        _("Limits for small groups"),
        _("From how many pupils on heads, the board and partners see figures."),
        "aggregation:limits",
    ),
    Entry(
        _("Questions and support functions"),
        _("Who answers for mathematics, language and health, and what obstacles are about."),
        "interventions:question-setup",
    ),
    Entry(
        _("Meetings"),
        _("Kinds of analysis meetings, who takes part, and which questions each level answers."),
        "interventions:meeting-setup",
    ),
    Entry(
        _("Retention"),
        _("How long each type of information is kept, by which decision, and proofs of what was removed."),
        "accounts:retention-plan",
    ),
    Entry(
        _("Exports"),
        _("Everything of the municipality in one file in open formats."),
        "accounts:export-list",
    ),
    Entry(
        _("Data protection"),
        _("What is kept of whom, why, how long and who sees it: generated from the settings, to print."),
        "accounts:data-protection-pack",
    ),
]
