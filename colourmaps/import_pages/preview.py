"""What a yes will do, in numbers."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..importing.apply import changes_nothing
from ..importing.mapping_file import mapping_from_json
from ..models import ImportBatch, MeasurementRound
from .numbers import counted, in_pupils, in_results, in_rows, what_there_is

Facts = list[tuple[str, str]]


def preview_facts(batch: ImportBatch) -> Facts:
    """What a yes will do."""
    return [*round_and_school(batch), *effect_facts(batch.counts)]


def round_and_school(batch: ImportBatch) -> Facts:
    mapping = mapping_from_json(batch.mapping)
    rounds = [name for name in mapping.round_names() if name] or _rounds_of_rows(batch)
    facts = [(_("Measurement round"), ", ".join(rounds) or _("not chosen"))]
    return facts + ([(_("School"), mapping.school)] if mapping.school else [])


def _rounds_of_rows(batch: ImportBatch) -> list[str]:
    """Where each row names its own round: those that get results."""
    rounds = MeasurementRound.objects.filter(pk__in=batch.counts.get("rounds", []))
    return list(rounds.order_by("starts_on").values_list("name", flat=True))


def effect_facts(counts: dict[str, Any]) -> Facts:
    n_in = counts["rows"] - counts["refused"]
    facts = [(_("Rows"), _("%(n)s of %(rows)s") % {"n": n_in, "rows": in_rows(counts["rows"])})]
    results = _("%(new)s new, %(changed)s changed, %(unchanged)s unchanged") % counts
    facts.append((_("Results"), results))
    added = [
        (counts["new_pupils"], ngettext("%(n)s pupil", "%(n)s pupils", counts["new_pupils"])),
        (counts["new_classes"], ngettext("%(n)s class", "%(n)s classes", counts["new_classes"])),
        (counts["new_schools"], ngettext("%(n)s school", "%(n)s schools", counts["new_schools"])),
    ]
    if what_is_new := what_there_is(added):
        facts.append((_("New in the register"), ", ".join(what_is_new)))
    n_moved, n_indicators, n_rounds = (
        counts.get(name, 0) for name in ("moved", "new_indicators", "new_rounds")
    )
    if n_moved:
        facts.append((_("Moved to a new class"), in_pupils(n_moved)))
    if n_renamed := counts.get("renamed", 0):
        facts.append((_("Name as in the file"), in_pupils(n_renamed)))
    defined = [
        (n_indicators, ngettext("%(n)s indicator", "%(n)s indicators", n_indicators)),
        (n_rounds, ngettext("%(n)s measurement round", "%(n)s measurement rounds", n_rounds)),
    ]
    if what_is_defined := what_there_is(defined):
        facts.append((_("New for the municipality"), ", ".join(what_is_defined)))
    return facts


def refuses_all(counts: dict[str, Any]) -> bool:
    return counts["refused"] == counts["rows"]


def confirm_label(counts: dict[str, Any]) -> str:
    """What the button will do, in numbers."""
    if changes_nothing(counts):
        return _("Finish without a change")
    n_results, n_pupils = counts["new"] + counts["changed"], counts["pupils"]
    words = {
        "results": in_results(n_results),
        "pupils": in_pupils(n_pupils),
        "rows": in_rows(counts["left_out"]),
    }
    if not n_results:
        return _confirm_without_results(counts)
    if counts["left_out"]:
        return _("Import %(results)s for %(pupils)s; leave out %(rows)s") % words
    return _("Import %(results)s for %(pupils)s") % words


def _confirm_without_results(counts: dict[str, Any]) -> str:
    if counts["new_pupils"]:
        return _("Add %(pupils)s") % {"pupils": in_pupils(counts["new_pupils"])}
    if counts.get("moved"):
        return _("Move %(pupils)s to their new classes") % {"pupils": in_pupils(counts["moved"])}
    if counts.get("renamed"):
        return _("Change the names of %(pupils)s") % {"pupils": in_pupils(counts["renamed"])}
    return _("Add the new indicators and rounds")


def refused_label(n_left_out: int) -> str:
    words = ngettext(
        "Download the %(n)s row that is left out",
        "Download the %(n)s rows that are left out",
        n_left_out,
    )
    return counted(words, n_left_out)


def unknown_pupils_in_words(batch: ImportBatch) -> str:
    """Above the problems that they cause; "" if the register has them all."""
    n_unknown = batch.counts.get("unknown_pupils", 0)
    words = ngettext(
        "%(n)s row is about a pupil whom the register lacks.",
        "%(n)s rows are about pupils whom the register lacks.",
        n_unknown,
    )
    return counted(words, n_unknown) if n_unknown else ""
