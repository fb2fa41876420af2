"""How a kind of file was read in the municipality before, and what of that holds for another file of the kind."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.tenancy import current_municipality

from ..models import MeasurementRound, SavedMapping
from .mapping import HiddenRows, Mapping, Meaning
from .mapping_file import mapping_from_json, mapping_to_json
from .proposal import propose_mapping, signature
from .understanding import Understanding
from .workbook import UnreadableFile


class NoPupilColumn(UnreadableFile):
    """The file has tables, but none of their columns is known to say which pupil a row is about."""


def find_mapping(understood: Understanding) -> Mapping:
    """The saved mapping of this kind of file, with what this very file says of school and round; else the proposal.

    Raises NoPupilColumn if there is a table, else UnreadableFile, where nothing says which pupil a row is about.
    """
    proposed = propose_mapping(understood)
    saved = SavedMapping.objects.select_related("saved_by").filter(signature=signature(understood)).first()
    if saved is not None:
        return _for_this_file(mapping_from_json(saved.mapping), proposed, understood)
    if proposed is None:
        has_table = any(sheet.columns and not sheet.hidden for sheet in understood.sheets)
        raise (NoPupilColumn if has_table else UnreadableFile)(
            _(
                "No column in the file says which pupil a row is about. It needs identity numbers, ids or names."
            )
        )
    return proposed


def remembered(understood: Understanding) -> dict[str, Any]:
    """What `find_mapping` takes from memory, as the page tells it; empty if it proposes afresh.

    signature: of the kind of file; on and by: when and by whom the mapping was confirmed; school: the one that only the
    memory names, so that somebody has to look whether this file is from there as well.
    """
    saved = SavedMapping.objects.select_related("saved_by").filter(signature=signature(understood)).first()
    if saved is None:
        return {}
    proposed = propose_mapping(understood)
    taken = _for_this_file(mapping_from_json(saved.mapping), proposed, understood)
    said = proposed.school if proposed else ""
    return {
        "signature": saved.signature,
        "on": timezone.localdate(saved.saved_at).isoformat(),
        "by": saved.saved_by.name if saved.saved_by else "",
        "school": "" if said else taken.school,
    }


def save_mapping(mapping: Mapping, understood: Understanding, *, by: User | None = None) -> None:
    """Remembers how this kind of file is read in the municipality."""
    SavedMapping.objects.update_or_create(
        municipality=current_municipality(),
        signature=signature(understood),
        defaults={"mapping": mapping_to_json(mapping), "saved_by": by},
    )


def forget_mapping(of_kind: str) -> None:
    """of_kind: the signature of the kind of file."""
    SavedMapping.objects.filter(signature=of_kind).delete()


def _for_this_file(saved: Mapping, proposed: Mapping | None, understood: Understanding) -> Mapping:
    """What the columns are holds for every file of the kind; what was said of one file alone does not.

    The round is taken only while it is going on, else a file of the spring that names no round would be taken for a
    correction of the autumn. The school is taken where neither the file nor a column names one, the sheets where the
    file has them all and hides none. What is hidden, and of which class or year group a file is, has to be said anew.
    """
    said = proposed or Mapping(columns=saved.columns)
    names_school = any(column.meaning is Meaning.SCHOOL for column in saved.columns)
    visible = {sheet.name for sheet in understood.sheets if not sheet.hidden}
    return replace(
        saved,
        sheets=saved.sheets if visible.issuperset(saved.sheets) else (),
        school=said.school or ("" if names_school else saved.school),
        school_class=said.school_class,
        year_group=None,
        round=said.round or _if_going_on(saved.round),
        hidden_rows=HiddenRows.ASK,
        indicator_names={**said.indicator_names, **saved.indicator_names},
    )


def _if_going_on(name: str) -> str:
    today = timezone.localdate()
    going_on = MeasurementRound.objects.filter(
        name=name, starts_on__lte=today, ends_on__gte=today, closed_at__isnull=True
    )
    return name if going_on.exists() else ""
