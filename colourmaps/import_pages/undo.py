"""What undoing an import will do, in numbers, and what it has done."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import JobState, User

from ..importing.lifecycle import TASKS
from ..importing.mapping_file import mapping_from_json
from ..importing.undo import closed_in_words
from ..importing.unmaking import what_would_be_unmade
from ..models import ImportBatch, ImportState
from ..services import UndoEffect, effect_of_undoing
from .numbers import counted, in_results
from .preview import Facts

REGISTER_WORDS = {
    "pupils": gettext_lazy("Pupils taken out of the register"),
    "enrolments": gettext_lazy("Pupils who are in their former class again"),
    "names": gettext_lazy("Names that are as before again"),
    "classes": gettext_lazy("Classes taken away"),
    "schools": gettext_lazy("Schools taken away"),
}
# So many later imports are named; more are not looked at one by one.
MOST_NAMED = 10


def undo_page(batch: ImportBatch) -> dict[str, Any]:
    """For import_undo.html: what the button will do."""
    effect = effect_of_undoing(batch)
    return {
        "heading": _("What undoing “%(name)s” will do") % {"name": batch.file_name},
        "closed": closed_in_words(effect.closed) if effect.closed else "",
        "facts": [
            *_facts(effect.n_taken_away, effect.n_restored, effect.n_left_alone),
            *_register_facts(asdict(what_would_be_unmade(batch.made))),
        ],
        "changed_since": _changed_since(effect),
        "confirmed_by_others": _later_with_the_same(batch),
        "keeps_definitions": any(batch.counts.get(name) for name in ("new_indicators", "new_rounds")),
        "label": _label(effect),
        "takes_back": effect.n_taken_away + effect.n_restored > 0,
    }


def undone_facts(batch: ImportBatch) -> Facts:
    """What the undoing has done; empty while the import stands."""
    undone = batch.counts.get("undone")
    if batch.state != ImportState.UNDONE or not undone:
        return []
    facts = _facts(undone["taken_away"], undone["restored"], undone["left_alone"])
    return facts + _register_facts(undone.get("register", {}))


def undo_refusal(batch: ImportBatch) -> str:
    """Why the import could not be undone the last time that somebody asked for it."""
    job = batch.job
    is_refused = job is not None and job.task == TASKS[ImportState.UNDOING] and job.state == JobState.FAILED
    return job.failure if job is not None and is_refused else ""


def _facts(n_taken_away: int, n_restored: int, n_left_alone: int) -> Facts:
    return [
        (_("Results taken away"), in_results(n_taken_away)),
        (_("Results that get their earlier value back"), in_results(n_restored)),
        (_("Results left as they are"), in_results(n_left_alone)),
    ]


def _register_facts(unmade: dict[str, int]) -> Facts:
    """What goes out of the register again, and what stays since something else needs it by now."""
    facts = []
    for name, words in REGISTER_WORDS.items():
        n_gone = unmade.get(f"{name}_removed", unmade.get(f"{name}_restored", 0))
        n_kept = unmade.get(f"{name}_kept", 0)
        if n_kept:
            facts.append((str(words), _("%(n)s, and %(kept)s that stay") % {"n": n_gone, "kept": n_kept}))
        elif n_gone:
            facts.append((str(words), str(n_gone)))
    return facts


def _label(effect: UndoEffect) -> str:
    n = effect.n_taken_away + effect.n_restored
    words = ngettext("Undo: take back %(n)s result", "Undo: take back %(n)s results", n)
    return counted(words, n) if n else _("Undo the import")


def _changed_since(effect: UndoEffect) -> list[str]:
    """Who has changed how many since, and with which import."""
    batches = ImportBatch.objects.in_bulk({batch for batch, _by, _n in effect.changed_since if batch})
    people = User.objects.in_bulk({by for _batch, by, _n in effect.changed_since if by})
    lines = []
    for batch_id, by_id, n in effect.changed_since:
        who = people[by_id].name if by_id in people else "–"
        if batch_id in batches:
            words = {"results": in_results(n), "name": batches[batch_id].file_name, "who": who}
            lines.append(_("%(results)s: import of “%(name)s” by %(who)s") % words)
        else:
            lines.append(_("%(results)s: changed by %(who)s") % {"results": in_results(n), "who": who})
    return lines


def _later_with_the_same(batch: ImportBatch) -> list[str]:
    """Later imports of the same rounds that found results there already: such a result belongs to the earlier one."""
    rounds = _rounds(batch)
    later = ImportBatch.objects.filter(
        state=ImportState.IMPORTED, imported_at__gte=batch.imported_at, counts__unchanged__gt=0
    ).exclude(pk=batch.pk)
    return [
        _("“%(name)s”, %(when)s: %(results)s were already there")
        % {
            "name": other.file_name,
            "when": date_format(localtime(other.imported_at), "SHORT_DATETIME_FORMAT"),
            "results": in_results(other.counts["unchanged"]),
        }
        for other in later.order_by("imported_at")[:MOST_NAMED]
        if rounds & _rounds(other)
    ]


def _rounds(batch: ImportBatch) -> set[str]:
    return set(mapping_from_json(batch.mapping).round_names()) - {""} if batch.mapping else set()
