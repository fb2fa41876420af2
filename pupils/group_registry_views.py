"""The administrator's pages of registered groups: what they are for, whether they have figures, and their end."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.act_page import ActPage, Preview
from accounts.administration_views import administration_crumbs
from accounts.roles import Permission
from accounts.web import MunicipalityRequest, requires_for_all

from .group_forms import DayForm, GroupForm, NoForm
from .group_members import sizes_on
from .group_words import day_in_words, facts_of, size_in_words
from .grouping import check_end, check_name, end_group, register_group, stop_summing_group, sum_group
from .models import Enrolment, PupilGroup, PupilGroupMembership

door: Callable[[Callable], Callable] = requires_for_all(Permission.CONFIGURE)


@door
def group_registry(request: MunicipalityRequest) -> HttpResponse:
    """All groups, those that have ended last."""
    today = request.sight.today
    groups = sorted(
        PupilGroup.objects.all(), key=lambda group: (not _lasts(group, today), group.name.lower())
    )
    sizes = sizes_on(today)
    rows = [(group, size_in_words(sizes[group.pk], request.sight), _lasts(group, today)) for group in groups]
    context = {"rows": rows, "breadcrumb": administration_crumbs((_("Registered groups"), ""))}
    return render(request, "pupils/group_registry.html", context)


@door
def group_new(request: MunicipalityRequest) -> HttpResponse:
    registry = reverse("pupils:group-registry")

    def preview_of(form: GroupForm) -> Preview:
        asked = form.cleaned_data
        name = check_name(asked["name"])
        facts = [
            (_("Purpose"), asked["purpose"]),
            (_("Legal ground"), asked["legal_ground"]),
            (_("From"), day_in_words(asked["valid_from"])),
        ]
        notes = [
            _(
                "It has no members and no figures of its own yet. Coordinators and principals set the members; you "
                "switch the figures on."
            )
        ]
        return Preview(_("Register “%(group)s”?") % {"group": name}, facts, _("Register"), notes)

    def carry_out(form: GroupForm) -> tuple[str, str]:
        group = register_group(**form.cleaned_data, by=request.user)
        return _("The group is registered."), reverse("pupils:group-setup", args=[group.key])

    page = ActPage(
        heading=_("New group"),
        intro=_("No group without a purpose and a legal ground: who belongs to it is sensitive."),
        back=registry,
        preview_of=preview_of,
        carry_out=carry_out,
        context={"breadcrumb": _crumbs((_("New group"), ""))},
    )
    return page.answer(request, GroupForm(request.POST or None, initial={"valid_from": request.sight.today}))


@door
def group_setup(request: MunicipalityRequest, key: str) -> HttpResponse:
    """One group and what can be done with it."""
    group = find_group(key)
    today = request.sight.today
    size = size_in_words(sizes_on(today)[group.pk], request.sight)
    facts = [*facts_of(group), (_("Members today"), size)]
    context = {
        "group": group,
        "facts": facts,
        "acts": [
            (act.label, act.sentence, reverse("pupils:group-act", args=[group.key, code]))
            for code, act in ACTS.items()
            if act.is_possible(group, today)
        ],
        "breadcrumb": _crumbs((group.name, "")),
    }
    return render(request, "pupils/group_setup.html", context)


@door
def group_act(request: MunicipalityRequest, key: str, act: str) -> HttpResponse:
    """Figures on, figures off, or the end."""
    group = find_group(key)
    if act not in ACTS:
        raise Http404
    chosen = ACTS[act]
    here = reverse("pupils:group-setup", args=[group.key])

    def carry_out(form: forms.Form) -> tuple[str, str]:
        chosen.do(group=group, by=request.user, **form.cleaned_data)
        return str(chosen.done), here

    page = ActPage(
        heading=f"{chosen.label}: {group.name}",
        intro=chosen.sentence,
        back=here,
        preview_of=lambda form: chosen.preview(request, group, **form.cleaned_data),
        carry_out=carry_out,
        context={"breadcrumb": _crumbs((group.name, here), (str(chosen.label), ""))},
    )
    # Where nothing is asked for, what it comes to is shown at once.
    has_answer = request.method == "POST" or not chosen.form.base_fields
    return page.answer(request, chosen.form(request.POST if has_answer else None))


def find_group(key: str) -> PupilGroup:
    """404 for a group that the municipality does not have."""
    group = PupilGroup.objects.filter(key=key).first()
    if group is None:
        raise Http404
    return group


def _crumbs(*crumbs: tuple[str, str]) -> list[tuple[str, str]]:
    return administration_crumbs((_("Registered groups"), reverse("pupils:group-registry")), *crumbs)


def _lasts(group: PupilGroup, today: datetime.date) -> bool:
    return group.valid_to is None or group.valid_to > today


def _recounted(request: MunicipalityRequest, group: PupilGroup) -> list[tuple[str, str]]:
    """Whose figures are counted anew, in numbers."""
    members = PupilGroupMembership.objects.filter(group=group).values("pupil")
    n_members = members.distinct().count()
    classes = Enrolment.objects.filter(is_home=True, pupil__in=members)
    n_classes = classes.values("school_class").distinct().count()
    return [
        (_("Pupils who belong or have belonged to it"), size_in_words(n_members, request.sight)),
        (_("Classes, of all years, that are counted anew"), str(n_classes)),
    ]


def _preview_figures_on(request: MunicipalityRequest, group: PupilGroup) -> Preview:
    notes = [
        _("In all rounds the group, and all who are not in it, get figures of their own."),
        _("Heads and the board see them only where no child can be made out."),
    ]
    return Preview(
        _("Give “%(group)s” figures of its own?") % {"group": group},
        [*facts_of(group), *_recounted(request, group)],
        _("Switch the figures on"),
        notes,
    )


def _preview_figures_off(request: MunicipalityRequest, group: PupilGroup) -> Preview:
    return Preview(
        _("Take the figures of “%(group)s” away?") % {"group": group},
        _recounted(request, group),
        _("Switch the figures off"),
        [_("In no round the group can be chosen any more. Its members stay as they are.")],
    )


def _preview_end(request: MunicipalityRequest, group: PupilGroup, on: datetime.date) -> Preview:
    check_end(group, on)
    memberships = PupilGroupMembership.objects.filter(group=group)
    lasting = memberships.on(on) | memberships.filter(valid_from__gte=on)
    n_members = lasting.values("pupil").distinct().count()
    ends = ngettext("the membership of %(pupils)s ends", "the memberships of %(pupils)s end", n_members)
    return Preview(
        _("End “%(group)s” on %(day)s?") % {"group": group, "day": day_in_words(on)},
        [
            (_("First day without the group"), day_in_words(on)),
            (_("What ends"), ends % {"pupils": size_in_words(n_members, request.sight)}),
        ],
        _("End the group"),
        [_("Figures of rounds before that day stay.")],
    )


@dataclass(frozen=True)
class GroupAct:
    """preview gets the request, the group and what the form asks for; do gets group, by and the same."""

    label: Promise
    sentence: Promise
    form: type[forms.Form]
    is_possible: Callable[[PupilGroup, datetime.date], bool]
    preview: Callable[..., Preview]
    do: Callable[..., Any]
    done: Promise


ACTS = {
    "figures-on": GroupAct(
        gettext_lazy("Switch figures on"),
        gettext_lazy("The group has figures of its own, beside those of all who are not in it."),
        NoForm,
        lambda group, today: not group.is_summed and _lasts(group, today),
        _preview_figures_on,
        sum_group,
        gettext_lazy("The group has figures of its own as soon as they are counted."),
    ),
    "figures-off": GroupAct(
        gettext_lazy("Switch figures off"),
        gettext_lazy("The group has no figures of its own any more, in no round."),
        NoForm,
        lambda group, today: group.is_summed,
        _preview_figures_off,
        stop_summing_group,
        gettext_lazy("The group has no figures of its own any more."),
    ),
    "end": GroupAct(
        gettext_lazy("End"),
        gettext_lazy("From a day on nobody belongs to it any more."),
        DayForm,
        lambda group, today: _lasts(group, today),
        _preview_end,
        end_group,
        gettext_lazy("The group ends."),
    ),
}
