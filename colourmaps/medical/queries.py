"""Reads of what medical pupil health keeps. Whoever asks without the area gets nothing: not a row, not a number."""

from __future__ import annotations

import datetime
from collections.abc import Collection

from django.db.models import Q, QuerySet

from accounts.models import AuditEvent, Unit, User
from accounts.secrecy import SecrecyArea
from colourmaps.models import Indicator

from .models import Crossing, MedicalResult

Areas = Collection[SecrecyArea]
NO_AREAS: Areas = frozenset()
READ = "medical results seen"


def medical_indicators() -> list[Indicator]:
    """In the order of the map."""
    return list(Indicator.of_all_areas.filter(secrecy_area=SecrecyArea.MEDICAL))


def is_for(indicator: Indicator, year_group: int) -> bool:
    return not indicator.year_groups or year_group in indicator.year_groups


def has_results(indicator: Indicator) -> bool:
    """Also what is no more in force: all that was ever read by the indicator's scale."""
    return MedicalResult.objects.filter(indicator=indicator).exists()


def results_of(
    pupil_ids: Collection[int], areas: Areas = NO_AREAS, *, at: datetime.datetime | None = None
) -> list[MedicalResult]:
    """In force now, or at a moment; the latest day first. Nothing for whoever does not read the area."""
    if SecrecyArea.MEDICAL not in areas:
        return []
    in_force = Q(superseded_at__isnull=True)
    if at is not None:
        in_force = Q(recorded_at__lte=at) & (in_force | Q(superseded_at__gt=at))
    found = MedicalResult.objects.filter(in_force, pupil__in=pupil_ids)
    return list(found.select_related("indicator", "by").order_by("-measured_on", "-pk"))


def history_of(pupil_id: int, areas: Areas = NO_AREAS) -> list[MedicalResult]:
    """All that was ever recorded of a pupil, the latest day first, and of a day what is in force first."""
    if SecrecyArea.MEDICAL not in areas:
        return []
    found = MedicalResult.objects.filter(pupil=pupil_id).select_related("indicator", "by", "superseded_by")
    return list(
        found.order_by("-measured_on", "indicator__position", "indicator__code", "-recorded_at", "-pk")
    )


def latest_of(results: Collection[MedicalResult]) -> dict[tuple[int, int], MedicalResult]:
    """Of results, the latest day first, the first of each pupil and indicator."""
    latest: dict[tuple[int, int], MedicalResult] = {}
    for result in results:
        latest.setdefault((result.pupil_id, result.indicator_id), result)
    return latest


def shared_results(crossing: Crossing) -> list[MedicalResult]:
    """What a crossing lets through: of each of its indicators the latest result, and no note."""
    found = MedicalResult.objects.filter(
        superseded_at__isnull=True,
        pupil=crossing.pupil_id,
        indicator__code__in=crossing.codes,
        indicator__secrecy_area=SecrecyArea.MEDICAL,
    )
    ordered = found.select_related("indicator").defer("note").order_by("-measured_on", "-pk")
    latest = latest_of(list(ordered)).values()
    return sorted(latest, key=lambda result: (result.indicator.position, result.indicator.code))


def crossings_of(pupil_ids: Collection[int]) -> list[Crossing]:
    """All that was ever decided of pupils, the latest decision first."""
    found = Crossing.objects.filter(pupil__in=pupil_ids)
    return list(
        found.select_related("pupil", "receiver", "unit", "decided_by").order_by("-decided_at", "-pk")
    )


def crossings_within(pupils: QuerySet) -> QuerySet[Crossing]:
    """Those of the pupils whose ids a query gives, the latest decision first."""
    found = Crossing.objects.filter(pupil__in=pupils)
    return found.select_related("pupil", "receiver", "unit", "decided_by").order_by("-decided_at", "-pk")


def reads_of(crossing: Crossing) -> list[tuple[datetime.datetime, str]]:
    """(moment, name) of everybody who has read under a crossing, the latest first: from the audit log."""
    events = AuditEvent.objects.filter(action=READ, subject=crossing.key).order_by("-at", "-pk")
    read = list(events.values_list("at", "actor_id"))
    names = dict(User.objects.filter(pk__in={actor for _at, actor in read}).values_list("pk", "name"))
    return [(at, names.get(actor, "–")) for at, actor in read]


def crossings_on(day: datetime.date, pupil_id: int) -> list[Crossing]:
    """Those that hold on a day."""
    held = Crossing.objects.on(day).filter(pupil=pupil_id, withdrawn_at__isnull=True)
    return list(held.select_related("pupil", "unit", "decided_by").order_by("decided_at", "pk"))


def crossing_by_key(key: str) -> Crossing | None:
    return (
        Crossing.objects.filter(key=key)
        .select_related("pupil", "receiver", "unit", "decided_by", "withdrawn_by")
        .first()
    )


def unit_ids(line: Collection[Unit]) -> set[int]:
    return {unit.pk for unit in line}
