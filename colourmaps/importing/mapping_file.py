"""Mappings as JSON: one documented, versioned form for files and for the database.

    {"format": "colourmaps-mapping", "version": 1, "name": "Class sheets", "round": "HT 2026",
     "columns": [{"header": "Elev-ID", "means": "identity"},
                 {"header": "Frånvaro %", "means": "indicator", "indicator": "FRANVARO"}],
     "new_indicators": [{"code": "FRANVARO", "names": {"sv": "Frånvaro"}, "low_is_good": true,
                         "scale": {"type": "percent", "minimum": 0, "maximum": 100, "unit": "%"},
                         "thresholds": [{"yellow": 10, "green": 5}]}],
     "new_rounds": [{"name": "HT 2026", "starts_on": "2026-08-17", "ends_on": "2026-12-18"}]}

Numbers are in the indicator's own unit with at most two decimals; a threshold on named steps is the step's
label. "steps" is "swedish", "norwegian", "danish" or "yes_no", or a list of {"label", "number"} in rising
order. Reading is strict: an unknown name, a wrong type or a contradiction raises MappingError with the place.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, TypeVar

from django.utils.translation import gettext_lazy as _

from colourmaps.importing.mapping import (
    HiddenRows,
    MappedColumn,
    Mapping,
    MappingError,
    Meaning,
    NewIndicator,
    NewRound,
    NewThreshold,
    PercentAs,
)
from colourmaps.importing.reader.output import UNSTORABLE
from colourmaps.scales import HUNDREDTHS, NAMED, Scale, Step, ValueType

FORMAT = "colourmaps-mapping"
VERSION = 1

LARGEST = 20_000_000
"""Largest number of a scale, in its unit: in hundredths it fits into a four-byte column."""

YEARS = range(1990, 2101)
"""Years of the days that a round can have; day 1 of year 1 is in no school year."""

MOST_ITEMS = 1000
"""Of each list; each indicator of a mapping is a form on the page."""

Choice = TypeVar("Choice", HiddenRows, Meaning, PercentAs, ValueType)
Item = TypeVar("Item")

EXPECTED = {
    "text": _("a text is expected"),
    "flag": _("true or false is expected"),
    "whole": _("a whole number is expected"),
    "number": _("a number is expected"),
    "texts": _("a list of texts is expected"),
    "wholes": _("a list of whole numbers is expected"),
    "list": _("a list is expected"),
    "object": _("an object in braces is expected"),
    "text_by_name": _("an object of texts is expected"),
}


def mapping_from_text(text: str | bytes) -> Mapping:
    """The mapping in a JSON file's text. Raises MappingError."""
    try:
        stored = json.loads(text)
    except json.JSONDecodeError as error:
        raise MappingError(
            _("the mapping is not JSON, see line %(line)d, column %(column)d"),
            line=error.lineno,
            column=error.colno,
        ) from error
    except (ValueError, RecursionError) as error:
        raise MappingError(_("the mapping is not JSON")) from error
    if place := _place_of_unstorable(stored, ""):
        raise MappingError(EXPECTED["text"], place=place)
    return mapping_from_json(stored)


def _place_of_unstorable(stored: object, place: str) -> str:
    """Where a text holds a character that no database stores, or a name does; "" if none."""
    if isinstance(stored, str):
        return place if UNSTORABLE.search(stored) else ""
    if isinstance(stored, list):
        parts = ((f"{place}[{at}]", part) for at, part in enumerate(stored))
        return next(filter(None, (_place_of_unstorable(part, at) for at, part in parts)), "")
    if not isinstance(stored, dict):
        return ""
    for name, part in stored.items():
        if UNSTORABLE.search(name):
            return place or str(_("the mapping"))
        if found := _place_of_unstorable(part, f"{place}.{name}".lstrip(".")):
            return found
    return ""


def mapping_from_json(stored: object) -> Mapping:
    """The mapping in a JSON value. Raises MappingError, its text begins with the place ("columns[3].round:
    …").
    """
    fields = _Fields(stored, "")
    if fields.text("format") != FORMAT:
        raise MappingError(
            _("this is not a mapping, it must say “%(format)s”"), place="format", format=FORMAT
        )
    if fields.whole("version") != VERSION:
        raise MappingError(_("only version %(version)d can be read"), place="version", version=VERSION)
    mapping = Mapping(
        name=fields.text("name", ""),
        columns=tuple(fields.each("columns", _column)),
        sheets=tuple(fields.texts("sheets")),
        header_rows=tuple(fields.wholes("header_rows")),
        school=fields.text("school", ""),
        school_class=fields.text("school_class", ""),
        year_group=fields.whole("year_group", None),
        class_from_sheet_name=fields.flag("class_from_sheet_name"),
        round=fields.text("round", ""),
        pupil_key=tuple(fields.choices("pupil_key", Meaning)),
        hidden_rows=fields.choice("hidden_rows", HiddenRows, HiddenRows.ASK),
        indicator_names=fields.text_by_name("indicator_names", {}, may_be_empty=True),
        new_indicators=tuple(fields.each("new_indicators", _indicator, [])),
        new_rounds=tuple(fields.each("new_rounds", _round, [])),
    )
    fields.refuse_rest()
    return mapping


def mapping_to_json(mapping: Mapping) -> dict[str, Any]:
    """The JSON value that mapping_from_json reads; parts that are empty are left out."""
    return {
        "format": FORMAT,
        "version": VERSION,
        **_filled(
            name=mapping.name,
            sheets=list(mapping.sheets),
            header_rows=list(mapping.header_rows),
            school=mapping.school,
            school_class=mapping.school_class,
            year_group=mapping.year_group,
            class_from_sheet_name=mapping.class_from_sheet_name,
            round=mapping.round,
            pupil_key=[key.value for key in mapping.pupil_key],
            hidden_rows="" if mapping.hidden_rows is HiddenRows.ASK else mapping.hidden_rows.value,
            indicator_names=dict(mapping.indicator_names),
        ),
        "columns": [_column_to_json(column) for column in mapping.columns],
        **_filled(
            new_indicators=[_indicator_to_json(indicator) for indicator in mapping.new_indicators],
            new_rounds=[
                {"name": new.name, "starts_on": str(new.starts_on), "ends_on": str(new.ends_on)}
                for new in mapping.new_rounds
            ],
        ),
    }


def _column(fields: _Fields) -> MappedColumn:
    return MappedColumn(
        header=fields.text("header"),
        meaning=fields.choice("means", Meaning),
        group=fields.text("group", ""),
        indicator=fields.text("indicator", ""),
        round=fields.text("round", ""),
        percent_as=fields.choice("percent_as", PercentAs, PercentAs.AUTOMATIC),
        prefix=fields.text("prefix", ""),
    )


def _column_to_json(column: MappedColumn) -> dict[str, Any]:
    automatic = column.percent_as is PercentAs.AUTOMATIC
    return {
        "header": column.header,
        "means": column.meaning.value,
        **_filled(
            group=column.group,
            indicator=column.indicator,
            round=column.round,
            percent_as="" if automatic else column.percent_as.value,
            prefix=column.prefix,
        ),
    }


def _indicator(fields: _Fields) -> NewIndicator:
    scale = fields.part("scale", _scale)
    return NewIndicator(
        code=fields.text("code"),
        names=fields.text_by_name("names"),
        scale=scale,
        area=fields.text("area", ""),
        low_is_good=fields.flag("low_is_good"),
        year_groups=tuple(fields.wholes("year_groups")),
        thresholds=tuple(fields.each("thresholds", lambda limits: _threshold(limits, scale), [])),
    )


def _indicator_to_json(indicator: NewIndicator) -> dict[str, Any]:
    return {
        "code": indicator.code,
        "names": dict(indicator.names),
        "scale": scale_to_json(indicator.scale),
        **_filled(
            area=indicator.area,
            low_is_good=indicator.low_is_good,
            year_groups=list(indicator.year_groups),
            thresholds=[_threshold_to_json(limits, indicator.scale) for limits in indicator.thresholds],
        ),
    }


def _scale(fields: _Fields) -> Scale:
    try:
        return Scale(
            value_type=fields.choice("type", ValueType),
            minimum=fields.hundredths("minimum", None),
            maximum=fields.hundredths("maximum", None),
            steps=_steps(fields),
            decimals=fields.whole("decimals", 0),
            unit=fields.text("unit", ""),
        )
    except MappingError:
        raise
    except ValueError as error:
        raise MappingError(str(error), place=fields.path) from error


def _steps(fields: _Fields) -> tuple[Step, ...]:
    named = fields.peek("steps")
    if not isinstance(named, str):
        return tuple(
            fields.each("steps", lambda step: Step(step.text("label"), step.hundredths("number")), [])
        )
    if named not in NAMED:
        raise _none_of(NAMED, named, f"{fields.path}.steps")
    return NAMED[fields.text("steps")].steps


def scale_from_json(stored: object) -> Scale:
    """The scale in a JSON value. Raises MappingError."""
    fields = _Fields(stored, "scale")
    scale = _scale(fields)
    fields.refuse_rest()
    return scale


def scale_to_json(scale: Scale) -> dict[str, Any]:
    """The JSON value that scale_from_json reads."""
    named = next((name for name, known in NAMED.items() if known.steps == scale.steps), None)
    steps = [{"label": step.label, "number": _in_units(step.number)} for step in scale.steps]
    ends = {"minimum": scale.minimum, "maximum": scale.maximum}
    return {
        "type": scale.value_type.value,
        **{name: _in_units(end) for name, end in ends.items() if end is not None},
        **_filled(steps=named or steps, decimals=scale.decimals, unit=scale.unit),
    }


def _threshold(fields: _Fields, scale: Scale) -> NewThreshold:
    number_by_label = {step.label: step.number for step in scale.steps}
    return NewThreshold(
        yellow=fields.hundredths("yellow", number_by_label=number_by_label),
        green=fields.hundredths("green", number_by_label=number_by_label),
        year_group=fields.whole("year_group", None),
    )


def _threshold_to_json(limits: NewThreshold, scale: Scale) -> dict[str, Any]:
    labels = scale.label_by_number
    return {
        **({} if limits.year_group is None else {"year_group": limits.year_group}),
        "yellow": labels.get(limits.yellow) or _in_units(limits.yellow),
        "green": labels.get(limits.green) or _in_units(limits.green),
    }


def _round(fields: _Fields) -> NewRound:
    return NewRound(fields.text("name"), fields.day("starts_on"), fields.day("ends_on"))


def _none_of(known: Iterable[str], text: str, place: str) -> MappingError:
    return MappingError(_("“%(text)s” is none of %(known)s"), place=place, text=text, known=", ".join(known))


def _filled(**parts: Any) -> dict[str, Any]:
    """The parts that say something; 0 says something."""
    return {name: part for name, part in parts.items() if part or (part == 0 and part is not False)}


def _in_units(hundredths: int) -> int | float:
    return hundredths / HUNDREDTHS if hundredths % HUNDREDTHS else hundredths // HUNDREDTHS


_REQUIRED: Any = object()


class _Fields:
    """Strict reading of one JSON object: every getter takes a name once, refuse_rest() refuses what nobody
    asked for.
    """

    def __init__(self, stored: object, path: str) -> None:
        self.path = path
        if not isinstance(stored, dict):
            raise MappingError(EXPECTED["object"], place=path or _("the mapping"))
        self._rest = dict(stored)

    def refuse_rest(self) -> None:
        if self._rest:
            raise MappingError(_("this name is not known"), place=self._place(next(iter(self._rest))))

    def peek(self, name: str) -> object:
        return self._rest.get(name)

    def text(self, name: str, default: str = _REQUIRED) -> str:
        value = self._take(name, str, "text", default)
        if default is _REQUIRED and not value.strip():
            raise MappingError(_("the text is empty"), place=self._place(name))
        return str(value)

    def flag(self, name: str) -> bool:
        return bool(self._take(name, bool, "flag", False))

    def whole(self, name: str, default: Any = _REQUIRED) -> Any:
        return self._take(name, int, "whole", default)

    def hundredths(
        self, name: str, default: Any = _REQUIRED, *, number_by_label: dict[str, int] | None = None
    ) -> Any:
        if number_by_label and isinstance(self.peek(name), str):
            label = self.text(name)
            if label not in number_by_label:
                raise MappingError(
                    _("“%(label)s” is no step of the scale"), place=self._place(name), label=label
                )
            return number_by_label[label]
        number = self._take(name, (int, float), "number", default)
        if number is None:
            return None
        if not abs(number) <= LARGEST:  # written so that NaN is refused as well
            raise MappingError(_("the number is too large"), place=self._place(name))
        hundredths = round(number * HUNDREDTHS)
        if abs(hundredths - number * HUNDREDTHS) > 1e-6:
            raise MappingError(_("a number has at most two decimals"), place=self._place(name))
        return hundredths

    def day(self, name: str) -> date:
        text = self.text(name)
        try:
            day = date.fromisoformat(text)
        except ValueError:
            day = date.min
        if day.year not in YEARS:
            raise MappingError(
                _("“%(text)s” is not a date like 2026-08-17"), place=self._place(name), text=text
            )
        return day

    def choice(self, name: str, kind: type[Choice], default: Choice = _REQUIRED) -> Choice:
        if name not in self._rest and default is not _REQUIRED:
            return default
        return self._choice(name, self.text(name), kind)

    def choices(self, name: str, kind: type[Choice]) -> list[Choice]:
        return [self._choice(name, text, kind) for text in self.texts(name)]

    def _choice(self, name: str, text: str, kind: type[Choice]) -> Choice:
        try:
            return kind(text)
        except ValueError as error:
            raise _none_of([member.value for member in kind], text, self._place(name)) from error

    def texts(self, name: str) -> list[str]:
        return self._items(name, str, "texts")

    def wholes(self, name: str) -> list[int]:
        return self._items(name, int, "wholes")

    def _items(self, name: str, kind: type[Item], expected: str) -> list[Item]:
        items = self._take(name, list, expected, [])
        if not all(isinstance(item, kind) and not isinstance(item, bool) for item in items):
            raise MappingError(EXPECTED[expected], place=self._place(name))
        return list(items)

    def text_by_name(
        self, name: str, default: dict[str, str] = _REQUIRED, *, may_be_empty: bool = False
    ) -> dict[str, str]:
        texts = self._take(name, dict, "text_by_name", default)
        if not all(isinstance(text, str) and (text or may_be_empty) for text in texts.values()):
            raise MappingError(EXPECTED["text_by_name"], place=self._place(name))
        return dict(texts)

    def part(self, name: str, read: Callable[[_Fields], Item]) -> Item:
        return self._read(self._take(name, dict, "object", _REQUIRED), self._place(name), read)

    def each(
        self, name: str, read: Callable[[_Fields], Item], default: Sequence[Any] = _REQUIRED
    ) -> list[Item]:
        items = self._take(name, list, "list", default)
        if len(items) > MOST_ITEMS:
            raise MappingError(
                _("the list is too long, at most %(most)d are taken"),
                place=self._place(name),
                most=MOST_ITEMS,
            )
        return [self._read(item, f"{self._place(name)}[{at}]", read) for at, item in enumerate(items)]

    def _read(self, stored: object, path: str, read: Callable[[_Fields], Item]) -> Item:
        fields = _Fields(stored, path)
        try:
            item = read(fields)
        except MappingError as error:
            raise error.at(path) from error
        fields.refuse_rest()
        return item

    def _take(self, name: str, kind: Any, expected: str, default: Any) -> Any:
        """expected: the key of EXPECTED that says what is wrong if the value is not of the kind."""
        value = self._rest.pop(name, default)
        if value is _REQUIRED:
            raise MappingError(_("this is missing"), place=self._place(name))
        if value is default:
            return value
        # JSON's true is a Python int as well; only a flag may be true.
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise MappingError(EXPECTED[expected], place=self._place(name))
        return value

    def _place(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name
