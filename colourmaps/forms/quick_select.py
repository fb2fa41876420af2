"""A select that is drawn fast."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe


class QuickSelect(forms.Select):
    """A select whose options are joined as text: a file with 150 columns has ten thousand of them on its page."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = "" if value is None else str(value)
        parts = [self._part(key, label, chosen) for key, label in self.choices]
        shown = self.build_attrs(self.attrs, {**(attrs or {}), "name": name})
        return mark_safe(f"<select{flatatt(shown)}>{''.join(parts)}</select>")  # noqa: S308 – every text is escaped

    def _part(self, key: Any, label: Any, chosen: str) -> str:
        """An option, or a group of options under its label."""
        if isinstance(label, list | tuple):
            inside = "".join(self._part(inner_key, inner, chosen) for inner_key, inner in label)
            return f'<optgroup label="{conditional_escape(key)}">{inside}</optgroup>'
        selected = " selected" if str(key) == chosen else ""
        return (
            f'<option value="{conditional_escape(str(key))}"{selected}>{conditional_escape(label)}</option>'
        )
