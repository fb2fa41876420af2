"""What the preview asks about pupils, prepared: rows in doubt with their candidates, differences from the register."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.forms import BoundField
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from accounts.models import UnitPlacement
from accounts.tenancy import current_municipality
from pupils.identity import NotAnIdentity, parse_identity
from pupils.models import Protection, Pupil
from pupils.queries import home_enrolments

from .decision_form import OPEN, DecisionForm, field_name
from .importing.candidates import slips_of
from .importing.decisions import LEAVE, NEW, PUPIL
from .importing.doubts import (
    KEYS_OF_TWO,
    MAY_BE_KNOWN,
    NAME_ALONE,
    NAME_OF_ANOTHER,
    NAMESAKE,
    NUMBER_IN_DOUBT,
    OTHER_IDENTITY,
    OTHER_NAME,
    SEVERAL_PUPILS,
)
from .importing.messages import Message
from .models import ImportBatch

# So many rows are asked about at a time; nobody answers more in one sitting.
MOST_ASKED = 50
# From so many on, questions that all have the same answer are answered at once.
MANY_PLAIN = 3
# A longer list of names stands behind a line.
FEW = 8
# Figures of an identity number that are shown beside the birth date, to tell namesakes apart.
SHOWN_FIGURES = 2
WHY = {
    NUMBER_IN_DOUBT.code: gettext_lazy("The identity number may be misspelt. %(reason)s"),
    KEYS_OF_TWO.code: gettext_lazy("The identity number belongs to one pupil and the id to another."),
    OTHER_IDENTITY.code: gettext_lazy("The register has another identity number for this id."),
    NAME_OF_ANOTHER.code: gettext_lazy("The number or id belongs to one pupil and the name to another."),
    OTHER_NAME.code: gettext_lazy("The number or id belongs to a pupil with quite another name."),
    SEVERAL_PUPILS.code: gettext_lazy("%(n)d pupils have this name."),
    NAME_ALONE.code: gettext_lazy("The row says neither class nor school."),
    NAMESAKE.code: gettext_lazy("The register has a pupil of this name already."),
    MAY_BE_KNOWN.code: gettext_lazy("The register does not have the pupil as the row says it."),
}


@dataclass(frozen=True)
class Option:
    """A choice: what is posted, what it is called, what tells it from the others."""

    value: str
    label: str
    detail: str = ""
    is_checked: bool = False


@dataclass(frozen=True)
class Question:
    """A row in doubt. said: what the file says of the pupil, as (term, text)."""

    name: str
    place: str
    title: str
    said: list[tuple[str, str]]
    sentence: str
    options: list[Option]


@dataclass(frozen=True)
class Difference:
    """A pupil whom the file has in another class, or calls otherwise."""

    value: str
    place: str
    sentence: str
    is_ticked: bool


@dataclass(frozen=True)
class DifferenceGroup:
    """Pupils of a class who, by the file, go to the same class. all: the value that ticks all of them."""

    heading: str
    all: str
    rows: list[Difference]
    n_ticked: int

    @property
    def is_long(self) -> bool:
        return len(self.rows) > FEW

    @property
    def offers_all(self) -> bool:
        """One tick for several pupils; what is ticked already is unticked one by one."""
        return 1 < len(self.rows) != self.n_ticked


@dataclass(frozen=True)
class DecisionPage:
    """open: asked now; n_more: asked when these are answered; decided: answered, and to be changed if need be.

    n_plain: open ones with one candidate of exactly the row's name and class; offered to be answered all at once.
    """

    open: list[Question] = field(default_factory=list)
    n_open: int = 0
    n_more: int = 0
    n_plain: int = 0
    decided: list[Question] = field(default_factory=list)
    moves: list[DifferenceGroup] = field(default_factory=list)
    names: list[Difference] = field(default_factory=list)
    n_beyond: int = 0
    moves_on: BoundField | None = None
    has_errors: bool = False
    pupil_ids: list[int] = field(default_factory=list)

    @property
    def is_asked(self) -> bool:
        return bool(self.open or self.decided or self.moves or self.names)

    @property
    def n_differences(self) -> int:
        return sum(len(group.rows) for group in self.moves) + len(self.names) + self.n_beyond

    @property
    def names_are_long(self) -> bool:
        return len(self.names) > FEW


def decisions_on(
    batch: ImportBatch, today: datetime.date, answers: DecisionForm | None = None
) -> DecisionPage:
    """answers: the form as it was sent in, if something was wrong with it.

    Nothing is asked about pupils while the file as a whole cannot be imported: that comes first.
    """
    asked: dict[str, Any] = batch.decisions.get("asked", {})
    if not asked or batch.counts.get("has_failed"):
        return DecisionPage()
    form = answers or DecisionForm(batch=batch, today=today)
    questions = asked["pupils"]
    open_ones = [question for question in questions if not question["answer"]]
    shown = open_ones[:MOST_ASKED]
    n_plain = sum(question["is_plain"] for question in open_ones)
    decided = [question for question in questions if question["answer"]][:MOST_ASKED]
    known = _KnownPupils(
        {
            *(pk for question in [*shown, *decided] for pk in question["candidates"]),
            *(difference["pupil"] for difference in [*asked["moves"], *asked["names"]]),
        },
        today,
    )
    return DecisionPage(
        open=[_question(question, known, form) for question in shown],
        n_open=asked["n_open"],
        n_more=asked["n_open"] - len(shown),
        n_plain=n_plain if n_plain >= MANY_PLAIN else 0,
        decided=[_question(question, known, form) for question in decided],
        moves=_groups(asked["moves"], known, form),
        names=[_renaming(name, known, form) for name in asked["names"] if name["pupil"] in known.pupils],
        n_beyond=asked["n_beyond"],
        moves_on=form["moves_on"],
        has_errors=bool(form.errors),
        pupil_ids=sorted(known.pupils),
    )


class _KnownPupils:
    """Pupils of the register whom the page names, with where they are today. Protected ones are not among them."""

    def __init__(self, ids: Iterable[int], today: datetime.date) -> None:
        self.country, self.today = current_municipality().country, today
        pupils = Pupil.objects.filter(pk__in=list(ids), protection=Protection.NONE)
        self.pupils = {pupil.pk: pupil for pupil in pupils}
        homes = home_enrolments(today).filter(pupil__in=self.pupils).select_related("school_class")
        self.class_of = {home.pupil_id: home.school_class for home in homes}
        classes = {school_class.pk for school_class in self.class_of.values()}
        placements = UnitPlacement.objects.on(today).filter(unit__in=classes).select_related("parent")
        self.school_of = {placement.unit_id: placement.parent.name for placement in placements}

    def name(self, pk: int) -> str:
        """Given name first, as people are spoken of."""
        pupil = self.pupils[pk]
        return f"{pupil.given_name} {pupil.family_name}".strip() or pupil.shown_name

    def detail(self, pk: int, question: dict[str, Any]) -> str:
        """What tells the pupil from the other candidates, and what the file has right."""
        pupil = self.pupils[pk]
        return " · ".join([self._home(pk), *self._keys(pupil), *_alike(pupil, question["number"])])

    def _home(self, pk: int) -> str:
        school_class = self.class_of.get(pk)
        if school_class is None:
            return _("no class now")
        return ", ".join([school_class.name, *filter(None, [self.school_of.get(school_class.pk, "")])])

    def _keys(self, pupil: Pupil) -> Iterator[str]:
        """Enough to tell namesakes apart; not the whole number, which the page has no need of."""
        number = pupil.identity_number
        if number:
            born = self._birth_date(number)
            if born:
                yield _("born %(day)s") % {"day": date_format(born, "DATE_FORMAT")}
            yield _("number ends with %(figures)s") % {"figures": number[-SHOWN_FIGURES:]}
        if pupil.own_id:
            yield _("id %(id)s") % {"id": pupil.own_id}

    def _birth_date(self, number: str) -> datetime.date | None:
        try:
            identity = parse_identity(number, self.country, on=self.today)
        except NotAnIdentity:
            return None
        return identity.birth_date if identity else None


def _question(question: dict[str, Any], known: _KnownPupils, form: DecisionForm) -> Question:
    name = field_name(question)
    chosen = form[name].value() if form.is_bound else question["answer"]
    options = [
        Option(answer, known.name(pk), known.detail(pk, question), chosen == answer)
        for pk, answer in zip(question["candidates"], question["answers"], strict=True)
        if pk in known.pupils and answer.startswith(PUPIL)
    ]
    if question["may_be_new"]:
        where = ", ".join(filter(None, [question["school_class"], question["school"]]))
        options.append(
            Option(NEW, _("A new pupil"), _("is added in %(class)s") % {"class": where}, chosen == NEW)
        )
    options.append(Option(LEAVE, _("Leave the row out"), "", chosen == LEAVE))
    if question["answer"]:
        options.append(Option(OPEN, _("Not decided yet"), "", chosen == OPEN))
    return Question(
        name=name,
        place=_places(question),
        title=question["name"] or question["number"] or question["own_id"],
        said=_said(question),
        sentence=_why(question),
        options=options,
    )


def _why(question: dict[str, Any]) -> str:
    """Why it is asked, in few words: what to do stands beside it. A kind without few words says all of them."""
    said = question["sentence"]
    if not said or question["answer"]:
        return ""
    words = WHY.get(said["code"])
    return str(words) % said["parameters"] if words else Message.from_json(said).text


def _alike(pupil: Pupil, written: str) -> Iterator[str]:
    """How the pupil's number stands to the one in the file."""
    if not written or not pupil.identity_number:
        return
    figures = "".join(filter(str.isalnum, written)).upper()
    numbers = {pupil.identity_number, pupil.identity_number[2:]}
    if figures in numbers:
        yield _("has the number in the file")
    elif numbers & slips_of(written):
        yield _("one figure off the number in the file")


def _places(question: dict[str, Any]) -> str:
    sheets: dict[str, list[int]] = defaultdict(list)
    for sheet, row in question["places"]:
        sheets[sheet].append(row)
    words = [_place(sheet, rows) for sheet, rows in sheets.items()]
    n_more = question["n_rows"] - len(question["places"])
    if n_more > 0:
        words.append(ngettext("%(n)s more row", "%(n)s more rows", n_more) % {"n": n_more})
    return "; ".join(words)


def _place(sheet: str, rows: list[int]) -> str:
    numbers = ", ".join(map(str, rows))
    words = ngettext("row %(rows)s", "rows %(rows)s", len(rows)) % {"rows": numbers}
    return f"{sheet}, {words}" if sheet else words


def _said(question: dict[str, Any]) -> list[tuple[str, str]]:
    terms = [
        (pgettext("of a pupil", "Class"), question["school_class"]),
        (pgettext("of a pupil", "School"), question["school"]),
        (_("Identity number"), question["number"]),
        (_("Id"), question["own_id"]),
    ]
    return [(term, text) for term, text in terms if text]


def _groups(moves: list[dict[str, Any]], known: _KnownPupils, form: DecisionForm) -> list[DifferenceGroup]:
    by_group: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for move in moves:
        if move["pupil"] in known.pupils:
            by_group[move["group"]].append(move)
    return [_group(group, of_group, known, form) for group, of_group in by_group.items()]


def _group(
    group: str, moves: list[dict[str, Any]], known: _KnownPupils, form: DecisionForm
) -> DifferenceGroup:
    rows = []
    for move in moves:
        words = {
            "name": known.name(move["pupil"]),
            "known": _with_school(move["from"], move["from_school"]),
            "written": _with_school(move["to"], move["to_school"]),
        }
        sentence = _("%(name)s is in %(known)s in the register, %(written)s in the file") % words
        rows.append(_difference(move, sentence, "move", form))
    first = moves[0]
    known_class = _with_school(first["from"], first["from_school"])
    written_class = _with_school(first["to"], first["to_school"])
    return DifferenceGroup(
        heading=f"{known_class} → {written_class}",
        all=group,
        rows=rows,
        n_ticked=sum(row.is_ticked for row in rows),
    )


def _with_school(school_class: str, school: str) -> str:
    return f"{school_class} ({school})" if school else school_class


def _renaming(name: dict[str, Any], known: _KnownPupils, form: DecisionForm) -> Difference:
    words = {
        "known": known.name(name["pupil"]),
        "given": name["given_name"] or "–",
        "family": name["family_name"] or "–",
    }
    sentence = (
        _("%(known)s in the register; in the file given name %(given)s, family name %(family)s") % words
    )
    return _difference(name, sentence, "new_name", form)


def _difference(said: dict[str, Any], sentence: str, field_of: str, form: DecisionForm) -> Difference:
    ticked = form[field_of].value() or () if form.is_bound else ()
    is_ticked = said["key"] in ticked if form.is_bound else said["is_ticked"]
    return Difference(said["key"], _place(said["place"][0], [said["place"][1]]), sentence, is_ticked)
