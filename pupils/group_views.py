"""Who belongs to registered groups: set by those who keep them, of the pupils who are theirs."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.act_page import ActPage, Preview, quoted
from accounts.audit import record
from accounts.roles import Permission
from accounts.web import MunicipalityRequest, requires_somewhere

from .group_forms import MembersForm, in_order
from .group_members import belonging, members_on, named_within, pupils_within, sizes_on
from .group_registry_views import find_group
from .group_words import day_in_words, facts_of, pupils_in_words
from .grouping import check_day, join_group, leave_group
from .models import Pupil, PupilGroup

JOIN, LEAVE = "join", "leave"
MOST_SAID = 10

door: Callable[[Callable], Callable] = requires_somewhere(Permission.KEEP_GROUPS)


@door
def group_list(request: MunicipalityRequest) -> HttpResponse:
    """The groups that there are today or will be, and how many of the person's own pupils are in each."""
    today = request.sight.today
    groups = PupilGroup.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=today))
    sizes = sizes_on(today, pupils_within(request.sight))
    rows = [(group, pupils_in_words(sizes[group.pk])) for group in groups]
    return render(request, "pupils/group_list.html", {"rows": rows})


@door
def group_members(request: MunicipalityRequest, key: str) -> HttpResponse:
    """A group, with those of its members whom the person sees by name."""
    group = find_group(key)
    own = _own_members(request, group)
    named = in_order(named_within(request.sight).filter(pk__in=own.values("pk")))
    record("group members seen", by=request.user, subject=group.key, pupils=[pupil.pk for pupil in named])
    context = {
        "group": group,
        "facts": [*facts_of(group), (_("Members today, of your pupils"), pupils_in_words(own.count()))],
        "members": named,
        "sees_names": request.sight.has(Permission.SEE_PUPILS),
        "join_url": reverse("pupils:group-change", args=[group.key, JOIN]),
        "leave_url": reverse("pupils:group-change", args=[group.key, LEAVE]),
        "breadcrumb": _crumbs((group.name, "")),
    }
    return render(request, "pupils/group_members.html", context)


@door
def group_change(request: MunicipalityRequest, key: str, act: str) -> HttpResponse:
    """Pupils join the group or leave it, from a day on."""
    group = find_group(key)
    if act not in (JOIN, LEAVE):
        raise Http404
    joins = act == JOIN
    here = reverse("pupils:group-members", args=[group.key])
    heading = _("Pupils who join: %(group)s") if joins else _("Pupils who leave: %(group)s")

    def carry_out(form: MembersForm) -> tuple[str, str]:
        on = form.cleaned_data["on"]
        if joins:
            join_group(group=group, pupil_ids=form.pupil_ids, on=on, by=request.user)
            return _("The pupils belong to the group from %(day)s on.") % {"day": day_in_words(on)}, here
        leave_group(group=group, pupil_ids=form.pupil_ids, on=on, by=request.user)
        return _("The pupils do not belong to the group from %(day)s on.") % {"day": day_in_words(on)}, here

    page = ActPage(
        heading=heading % {"group": group.name},
        back=here,
        preview_of=preview_joining if joins else preview_leaving,
        carry_out=carry_out,
        context={"breadcrumb": _crumbs((group.name, here), (_("Join") if joins else _("Leave"), ""))},
        form_template="pupils/group_change.html",
    )
    form = MembersForm(
        request.POST or None, group=group, sight=request.sight, on=request.sight.today, joins=joins
    )
    if form.offered:
        record("pupils found", by=request.user, subject=group.key, pupils=form.seen)
    return page.answer(request, form)


def preview_joining(form: MembersForm) -> Preview:
    group, on = form.group, form.cleaned_data["on"]
    check_day(group, on)
    there = belonging(group, form.pupil_ids, on)
    facts = [
        (_("First day in the group"), day_in_words(on)),
        (_("Who join"), pupils_in_words(len(form.pupil_ids - there))),
    ]
    if there:
        facts.append((_("Who belong to it already, and stay"), pupils_in_words(len(there))))
    return Preview(
        _("Let the pupils join “%(group)s”?") % {"group": group},
        [*facts, *_unknown(form)],
        _("Let them join"),
        _notes(group),
    )


def preview_leaving(form: MembersForm) -> Preview:
    group, on = form.group, form.cleaned_data["on"]
    there = belonging(group, form.pupil_ids, on)
    facts = [
        (_("First day outside the group"), day_in_words(on)),
        (_("Who leave"), pupils_in_words(len(there))),
    ]
    if form.pupil_ids - there:
        facts.append(
            (_("Who do not belong to it then in any case"), pupils_in_words(len(form.pupil_ids - there)))
        )
    return Preview(
        _("Let the pupils leave “%(group)s”?") % {"group": group},
        [*facts, *_unknown(form)],
        _("Let them leave"),
        _notes(group),
    )


def _notes(group: PupilGroup) -> list[str]:
    if not group.is_summed:
        return [_("The group has no figures of its own, so none change.")]
    return [
        _(
            "The figures of the group are counted anew in the classes of these pupils, in the rounds since then."
        )
    ]


def _unknown(form: MembersForm) -> list[tuple[str, str]]:
    """The lines that nobody is meant by: the person's own words, so that they can be set right."""
    unknown = form.meant.unknown
    if not unknown:
        return []
    shown = ", ".join(quoted(text) for text in unknown[:MOST_SAID])
    if len(unknown) > MOST_SAID:
        shown = _("%(names)s and %(n)d more") % {"names": shown, "n": len(unknown) - MOST_SAID}
    words = _("%(n)d: %(lines)s. They are left out.") % {"n": len(unknown), "lines": shown}
    return [(_("Lines by which none of your pupils is meant"), words)]


def _own_members(request: MunicipalityRequest, group: PupilGroup) -> QuerySet[Pupil]:
    return pupils_within(request.sight).filter(pk__in=members_on(group, request.sight.today).values("pupil"))


def _crumbs(*crumbs: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("Groups"), reverse("pupils:group-list")), *crumbs]
