"""What an import has done: who, when, from which file, and the classes that it touches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.access import Sight
from accounts.models import Unit, UnitPlacement
from accounts.roles import Permission
from accounts.web import unit_url

from ..importing.apply import changes_nothing
from ..importing.same_file import confirmed_by
from ..models import ImportBatch, ImportState
from .numbers import in_pupils, in_results
from .preview import Facts, effect_facts, round_and_school

# With more schools than this the classes of a receipt stand behind a line.
MANY_SCHOOLS = 12
DIGEST_SHOWN = 12


def receipt_facts(batch: ImportBatch) -> Facts:
    """Who imported what when, and what it did."""
    facts = [(_("Uploaded"), _when_and_who(batch.uploaded_at, batch.by))]
    if batch.confirmed_at is not None:
        facts.append((_("Confirmed"), _when_and_who(batch.confirmed_at, confirmed_by(batch))))
    if batch.imported_at is not None:
        facts.append((_("Imported"), date_format(localtime(batch.imported_at), "DATETIME_FORMAT")))
    if batch.undone_at is not None:
        facts.append((_("Undone"), _when_and_who(batch.undone_at, batch.undone_by)))
    digest = f"{batch.digest[:DIGEST_SHOWN]}…"
    facts.append((_("File"), f"{batch.file_name}, {filesizeformat(batch.n_bytes)}, SHA-256 {digest}"))
    return [*facts, *round_and_school(batch), *effect_facts(batch.counts)]


def _when_and_who(moment: Any, by: Any) -> str:
    when = date_format(localtime(moment), "DATETIME_FORMAT")
    return f"{when}, {by.name}" if by else when


def receipt_sentence(batch: ImportBatch) -> str:
    counts = batch.counts
    if batch.state == ImportState.UNDONE:
        return _("The import is undone. Its file can be imported again.")
    if changes_nothing(counts):
        return _("Nothing has changed: everything in the file was already there.")
    words = {
        "results": in_results(counts["new"] + counts["changed"]),
        "pupils": in_pupils(counts.get("pupils", counts["rows"] - counts["refused"])),
    }
    return _("Imported: %(results)s for %(pupils)s.") % words


def touched_classes(batch: ImportBatch, sight: Sight) -> list[tuple[str, list[tuple[str, str]]]]:
    """(school, its classes whose maps are touched, as (name, address)); no address where the person may not go."""
    placements = UnitPlacement.objects.filter(unit__in=batch.counts.get("classes", []))
    school_of = {
        placement.unit: placement.parent.name
        for placement in placements.select_related("unit", "parent").order_by("valid_from")
    }
    visible = sight.visible_units(Permission.SEE_PUPILS, sight.today)
    by_school: dict[str, list[Unit]] = defaultdict(list)
    for school_class, school in school_of.items():
        by_school[school].append(school_class)
    return [
        (school, [(unit.name, unit_url(unit) if unit.pk in visible else "") for unit in _by_name(classes)])
        for school, classes in sorted(by_school.items())
    ]


def _by_name(classes: Iterable[Unit]) -> list[Unit]:
    return sorted(classes, key=lambda unit: (unit.year_group is None, unit.year_group or 0, unit.name))
