"""What the municipality decides about its meetings: their kinds, who takes part, and what each asks."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.roles import Permission
from accounts.web import MunicipalityRequest, requires_for_all

from ..meetings.kinds import KindRow, kinds_in_order, versions_of
from ..meetings.setup_forms import GuidingForm, KindForm, NewKindForm
from ..models import MeetingKind, SupportQueue
from ..services.meeting_setup import add_kind, ask_anew, close_kind, rename_kind


@requires_for_all(Permission.CONFIGURE)
def meeting_setup(request: MunicipalityRequest) -> HttpResponse:
    """The kinds, level by level."""
    rows: list[KindRow] = kinds_in_order()
    return render(request, "interventions/meeting_setup.html", {"rows": rows})


@requires_for_all(Permission.CONFIGURE)
def meeting_kind_new(request: MunicipalityRequest) -> HttpResponse:
    """A kind of one's own, with what it asks from the beginning."""
    posted, language = request.POST or None, request.municipality.language
    form = NewKindForm(posted, language=language, queues=_queues())
    asks = GuidingForm(posted, language=language)
    if request.method == "POST" and all([form.is_valid(), asks.is_valid()]):
        kind = add_kind(
            names=form.names,
            rung=form.cleaned_data["rung"],
            names_pupils=form.cleaned_data["names_pupils"],
            queue=form.chosen_queue,
            asks_family=form.cleaned_data["asks_family"],
            texts=asks.texts,
            by=request.user,
        )
        messages.success(request, _("“%(kind)s” is there, and can be planned.") % {"kind": kind.name})
        return redirect("interventions:meeting-setup")
    context = {"form": form, "asks": asks}
    return render(
        request, "interventions/meeting_kind_new.html", context, status=422 if form.is_bound else 200
    )


@requires_for_all(Permission.CONFIGURE)
def meeting_kind(request: MunicipalityRequest, key: str) -> HttpResponse:
    """One kind: what it is called and who takes part; what it asks, as a new version; whether it can be chosen."""
    kind = MeetingKind.objects.select_related("queue").filter(key=key).first()
    if kind is None:
        raise Http404
    return _Page(request, kind).answer()


class _Page:
    """Three forms on one page; a form says in its button what it changes, and the others keep what they had."""

    def __init__(self, request: MunicipalityRequest, kind: MeetingKind) -> None:
        self.request, self.kind = request, kind
        self.changes = request.POST.get("changes", "") if request.method == "POST" else ""
        self.versions = versions_of(kind)
        newest, language = self.versions[0] if self.versions else None, request.municipality.language
        self.form = KindForm(self._posted("names"), language=language, queues=_queues(kind), kind=kind)
        self.asks = GuidingForm(
            self._posted("asks"),
            language=language,
            texts=newest.texts if newest else (),
            version=newest.version if newest else 0,
        )

    def _posted(self, changes: str) -> Any:
        return self.request.POST if self.changes == changes else None

    def answer(self) -> HttpResponse:
        change = {"names": self.change_names, "asks": self.change_asks, "closed": self.change_closed}
        said = change[self.changes]() if self.changes in change else ""
        if said:
            messages.success(self.request, said)
            return redirect("interventions:meeting-kind", key=self.kind.key)
        context = {"kind": self.kind, "form": self.form, "asks": self.asks, "versions": self.versions}
        status = 422 if self.changes else 200
        return render(self.request, "interventions/meeting_kind.html", context, status=status)

    def change_names(self) -> str:
        if not self.form.is_valid():
            return ""
        rename_kind(
            kind=self.kind,
            names=self.form.names,
            queue=self.form.chosen_queue,
            asks_family=self.form.cleaned_data.get("asks_family", False),
            by=self.request.user,
        )
        return _("The kind of meeting is changed.")

    def change_asks(self) -> str:
        if not self.asks.is_valid():
            return ""
        try:
            made = ask_anew(
                kind=self.kind,
                texts=self.asks.texts,
                seen=self.asks.cleaned_data["seen"],
                by=self.request.user,
            )
        except ValidationError as problem:
            self.asks.add_error(None, problem)
            return ""
        return _("Version %(n)s is asked at meetings that begin from now on.") % {"n": made.version}

    def change_closed(self) -> str:
        is_closed = "is_closed" in self.request.POST
        close_kind(kind=self.kind, is_closed=is_closed, by=self.request.user)
        return _("It can no longer be chosen.") if is_closed else _("It can be chosen again.")


def _queues(kind: MeetingKind | None = None) -> list[SupportQueue]:
    """Those that can be chosen, and the one that the kind has."""
    kept = kind.queue_id if kind else None
    return [queue for queue in SupportQueue.objects.all() if queue.closed_at is None or queue.pk == kept]
