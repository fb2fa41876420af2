"""What was understood of a file, as it is kept on its batch, and the form about it as a person sends it."""

from __future__ import annotations

from typing import Any

from colourmaps.forms import MappingForm
from colourmaps.models import ImportBatch
from tests.fixtures import TODAY


def column(
    letters: str, header: str, meaning: str = "ignore", indicator: str = "", group: str = "", **more: Any
) -> dict[str, Any]:
    return {
        "letters": letters,
        "header": header,
        "group": group,
        "meaning": meaning,
        "indicator": indicator,
        "round": "",
        "confidence": 0.9,
        "reason": "Because.",
        "examples": [],
        **more,
    }


def sheet(name: str, *columns: dict[str, Any], is_read: bool = True, **more: Any) -> dict[str, Any]:
    return {"name": name, "hidden": False, "is_read": is_read, "n_rows": 3, "columns": list(columns), **more}


def shown_content(form: MappingForm) -> dict[str, str]:
    """What a browser sends of a form that is left as it is."""
    forms = [form, *form.new_forms.values()]
    fields = [each[name] for each in forms for name in each.fields if name != "adds_pupils"]
    return {field.html_name: str(field.value() or "") for field in fields}


def filled(batch: ImportBatch, **changes: str) -> MappingForm:
    """`filled(batch, column_2="ignore")` is the form as it was shown, with what a test changes.

    In the names of the changes "__" stands for "-", as in new_MAT__name.
    """
    content = shown_content(MappingForm(batch=batch, today=TODAY))
    changed = {name.replace("__", "-"): value for name, value in changes.items()}
    return MappingForm(content | changed, batch=batch, today=TODAY)


def chosen_in(batch: ImportBatch, **changes: str) -> Any:
    """The mapping that such a form gives."""
    form = filled(batch, **changes)
    assert form.is_valid(), {**form.errors, **{code: new.errors for code, new in form.new_forms.items()}}
    return form.mapping
