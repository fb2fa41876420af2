"""What an import has added to the register, taken back: only what nobody has built on since; the rest is counted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from django.db import transaction
from django.db.models import PROTECT, ForeignObjectRel, Q

from accounts.models import Unit, UnitCode, UnitPlacement
from accounts.services import remove_units, set_successors
from accounts.tenancy import TenantModel
from pupils.continuing import still_continuing
from pupils.models import Enrolment, Pupil
from pupils.services import remove_pupils, rename_pupils, take_back_enrolments

from ..models import ImportBatch, Result, SupersededResult
from .roster import Made

# Ids named in one statement.
PORTION = 5000


@dataclass(frozen=True)
class Unmade:
    """How much of what the import added goes away (or its old state comes back), and how much stays since it is used.

    enrolments: the classes that it gave to pupils who were there before; names: those that it changed.
    """

    pupils_removed: int = 0
    pupils_kept: int = 0
    enrolments_removed: int = 0
    enrolments_kept: int = 0
    classes_removed: int = 0
    classes_kept: int = 0
    schools_removed: int = 0
    schools_kept: int = 0
    names_restored: int = 0
    names_kept: int = 0


@dataclass(frozen=True)
class _Plan:
    made: Made
    names: dict[int, tuple[str, str]] = field(default_factory=dict)
    enrolments: set[int] = field(default_factory=set)
    pupils: set[int] = field(default_factory=set)
    classes: set[int] = field(default_factory=set)
    schools: set[int] = field(default_factory=set)

    def counted(self) -> Unmade:
        made = self.made
        return Unmade(
            pupils_removed=len(self.pupils),
            pupils_kept=len(made.pupils) - len(self.pupils),
            enrolments_removed=len(self.enrolments),
            enrolments_kept=len(made.enrolments) - len(self.enrolments),
            classes_removed=len(self.classes),
            classes_kept=len(made.classes) - len(self.classes),
            schools_removed=len(self.schools),
            schools_kept=len(made.schools) - len(self.schools),
            names_restored=len(self.names),
            names_kept=len(made.names) - len(self.names),
        )


def what_would_be_unmade(stored: dict[str, Any]) -> Unmade:
    """What `unmake` would do now; writes nothing. The import's own results may still be there: they do not count."""
    return _plan(stored).counted()


@transaction.atomic
def unmake(stored: dict[str, Any]) -> Unmade:
    """Takes back what ImportBatch.made says that the import has added, once its results have been taken back."""
    plan = _plan(stored)
    rename_pupils(plan.names)
    if plan.enrolments:
        begun = dict(Enrolment.objects.filter(pk__in=plan.enrolments).values_list("pupil_id", "valid_from"))
        of_pupil = dict(_rows(Enrolment, "pk", (pk for pk, *_ in plan.made.ended), "pk", "pupil_id"))
        ended = [
            (pk, before) for pk, before, since in plan.made.ended if begun.get(of_pupil.get(pk, 0)) == since
        ]
        take_back_enrolments(plan.enrolments, ended=ended)
    if plan.pupils:
        for portion in _portions(plan.pupils):
            # Of pupils whom nobody has used since, only the import itself has left a history.
            SupersededResult.objects.filter(pupil__in=portion).delete()
        remove_pupils(plan.pupils)
    _take_back_successors(plan)
    if plan.classes or plan.schools:
        remove_units([*plan.classes, *plan.schools])
    return plan.counted()


def _take_back_successors(plan: _Plan) -> None:
    """Of classes that go away, and of those that have not half of the old class's pupils any more."""
    kept = dict(plan.made.successors)
    as_written = {
        old_id: new_id
        for old_id, new_id in Unit.objects.filter(pk__in=kept).values_list("pk", "successor_id")
        if new_id is not None and new_id == kept[old_id]
    }
    staying = {old_id: new_id for old_id, new_id in as_written.items() if new_id not in plan.classes}
    true_still = still_continuing(staying)
    set_successors(dict.fromkeys(as_written.keys() - true_still))


def _plan(stored: dict[str, Any]) -> _Plan:
    made, batch_id = Made.from_json(stored), stored.get("batch")
    enrolments = _enrolments_to_take_back(made, batch_id)
    pupils = _pupils_to_remove(made, batch_id)
    classes = _classes_to_remove(made, batch_id, pupils, enrolments)
    return _Plan(
        made, _names_to_restore(made), enrolments, pupils, classes, _schools_to_remove(made, classes)
    )


def _names_to_restore(made: Made) -> dict[int, tuple[str, str]]:
    """Those that are still as the import wrote them."""
    now = {
        pk: (family, given)
        for pk, family, given in _rows(
            Pupil, "pk", (pk for pk, *_ in made.names), "pk", "family_name", "given_name"
        )
    }
    return {
        pk: (family, given)
        for pk, family, given, new_family, new_given in made.names
        if now.get(pk) == (new_family, new_given)
    }


def _enrolments_to_take_back(made: Made, batch_id: int | None) -> set[int]:
    """Those that have not ended since, with the one before them still ended by them, and no later result in them."""
    batch = ImportBatch.objects.filter(pk=batch_id).first()
    open_ones = {
        pk: (pupil_id, class_id, begins)
        for pk, pupil_id, class_id, begins, ends in _rows(
            Enrolment, "pk", made.enrolments, "pk", "pupil_id", "school_class_id", "valid_from", "valid_to"
        )
        if ends is None
    }
    pupil_ids = [pupil_id for pupil_id, *_ in open_ones.values()]
    used = set()
    if batch and batch.imported_at:
        later = Q(batch__imported_at__gt=batch.imported_at) | Q(batch=None, recorded_at__gt=batch.imported_at)
        for portion in _portions(pupil_ids):
            results = Result.objects.filter(later, pupil__in=portion)
            used |= set(results.values_list("pupil_id", "school_class_id"))
    ends_now = dict(_rows(Enrolment, "pk", (pk for pk, *_ in made.ended), "pk", "valid_to"))
    of_pupil = dict(_rows(Enrolment, "pk", (pk for pk, *_ in made.ended), "pk", "pupil_id"))
    changed = {of_pupil.get(pk) for pk, _before, since in made.ended if ends_now.get(pk) != since}
    return {
        pk
        for pk, (pupil_id, class_id, _begins) in open_ones.items()
        if (pupil_id, class_id) not in used and pupil_id not in changed
    }


def _pupils_to_remove(made: Made, batch_id: int | None) -> set[int]:
    """Those with nothing but the enrolment, and the results, that the import itself gave them."""
    used: set[int] = set()
    for portion in _portions(made.pupils):
        others = ~Q(batch=batch_id) | Q(batch=None)
        for model in (Result, SupersededResult):
            used |= set(model.objects.filter(others, pupil__in=portion).values_list("pupil_id", flat=True))
        homes = Enrolment.objects.filter(pupil__in=portion).values_list("pupil_id", "valid_to")
        seen: set[int] = set()
        for pupil_id, ends in homes:
            if ends is not None or pupil_id in seen:
                used.add(pupil_id)
            seen.add(pupil_id)
        used |= _referred_to(Pupil, portion, apart_from={Enrolment})
    there = {pk for (pk,) in _rows(Pupil, "pk", made.pupils, "pk")}
    return there - used


def _classes_to_remove(made: Made, batch_id: int | None, pupils: set[int], enrolments: set[int]) -> set[int]:
    """Those in which nobody is left, and of which no history speaks."""
    if not made.classes:
        return set()
    classes = made.classes
    leaving = {pupil_id for (pupil_id,) in _rows(Enrolment, "pk", enrolments, "pupil_id")}
    used = _referred_to(Unit, classes, apart_from={Enrolment, UnitPlacement, UnitCode, Unit})
    # That a class of the year before goes on as one of them is no use if the import itself has said so.
    of_others = Unit.objects.filter(successor__in=classes).exclude(pk__in=dict(made.successors))
    used |= set(of_others.values_list("successor_id", flat=True))
    members = Enrolment.objects.filter(school_class__in=classes)
    for pk, pupil_id, class_id in members.values_list("pk", "pupil_id", "school_class_id"):
        if pupil_id not in pupils and pk not in enrolments:
            used.add(class_id)
    history = SupersededResult.objects.filter(school_class__in=classes)
    used |= {class_id for class_id, pupil_id in _of_class(history) if pupil_id not in pupils}
    # What the import wrote for pupils who stay becomes history; other results of those who leave go with them.
    own = Result.objects.filter(school_class__in=classes, batch=batch_id)
    used |= {class_id for class_id, pupil_id in _of_class(own) if pupil_id not in pupils}
    others = Result.objects.filter(Q(batch=None) | ~Q(batch=batch_id), school_class__in=classes)
    used |= {class_id for class_id, pupil_id in _of_class(others) if pupil_id not in pupils | leaving}
    return {pk for (pk,) in _rows(Unit, "pk", classes, "pk")} - used


def _of_class(results: Any) -> Iterable[tuple[int, int]]:
    return results.values_list("school_class_id", "pupil_id").distinct()


def _schools_to_remove(made: Made, classes: set[int]) -> set[int]:
    """Those under which nothing is left."""
    if not made.schools:
        return set()
    used = _referred_to(Unit, made.schools, apart_from={UnitPlacement, UnitCode})
    children = UnitPlacement.objects.filter(parent__in=made.schools).exclude(unit__in=classes)
    used |= set(children.values_list("parent_id", flat=True))
    return {pk for (pk,) in _rows(Unit, "pk", made.schools, "pk")} - used


def _referred_to(
    model: type[TenantModel], ids: Collection[int], apart_from: set[type[TenantModel]]
) -> set[int]:
    """Which of the rows another table refers to, of whatever app: a reference that protects them is a use."""
    found: set[int] = set()
    for relation in model._meta.get_fields(include_hidden=True):
        if _protects(relation) and relation.related_model not in apart_from:
            name = relation.field.name
            related: Any = relation.related_model
            rows = related.objects.filter(**{f"{name}__in": list(ids)})
            found |= set(rows.values_list(f"{name}_id", flat=True))
    return found


def _protects(relation: Any) -> TypeGuard[ForeignObjectRel]:
    return isinstance(relation, ForeignObjectRel) and getattr(relation, "on_delete", None) is PROTECT


def _rows(model: type[TenantModel], field: str, ids: Iterable[int], *columns: str) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    for portion in _portions(ids):
        rows += model.objects.filter(**{f"{field}__in": portion}).values_list(*columns)
    return rows


def _portions(ids: Iterable[int]) -> Iterator[list[int]]:
    all_ids = sorted(ids)
    for start in range(0, len(all_ids), PORTION):
        yield all_ids[start : start + PORTION]
