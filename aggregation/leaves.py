"""The SQL of the leaves: what every class has in each slice, counted from results, enrolments and who has left.

Three parts that are counted apart and added: who should be measured, what was measured, who has left. None has to be
joined with another pupil by pupil. All pupils are counted once, by class, year group and sex (an *atom*); their slices
are sums of atoms. The members of registered groups, few of all, are counted a second time, by class and group.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from colourmaps.classification import COMPARED, Colour, Movement
from colourmaps.scales import Mark
from pupils.models import Sex

from .leavers import LINE, Before
from .slices import ALL_PUPILS, OF_GROUPS, OF_YEAR_GROUPS, SEX_NOT_STATED, SLICE_OF_SEX

COUNTS = (
    "due",
    "measured",
    "green",
    "yellow",
    "red",
    "paired",
    "up",
    "still",
    "down",
    "joined",
    "left",
    "total",
    "total_of_squares",
)
# "left" is a word of SQL.
COLUMNS = tuple(f'"{name}"' for name in COUNTS)
# Sums are cast back to what is added up: PostgreSQL widens each sum, and its numbers of any length are slow.
TYPES = {name: "bigint" if name.startswith("total") else "integer" for name in COUNTS}
ADDED = ", ".join(
    f'cast(sum({{prefix}}"{name}") as {sql_type}) as "{name}"' for name, sql_type in TYPES.items()
)
MISSED, ATOMS, SUMS = "missed_result", "counted_atom", "counted_sum"

_MEASURED = {
    "measured": "count(r.value)",
    "green": f"count(*) filter (where r.colour = {Colour.GREEN})",
    "yellow": f"count(*) filter (where r.colour = {Colour.YELLOW})",
    "red": f"count(*) filter (where r.colour = {Colour.RED})",
    "paired": f"count(*) filter (where r.movement in ({', '.join(str(int(way)) for way in COMPARED)}))",
    "up": f"count(*) filter (where r.movement = {Movement.BETTER})",
    "still": f"count(*) filter (where r.movement = {Movement.STILL})",
    "down": f"count(*) filter (where r.movement = {Movement.WORSE})",
    # Every value with a value of the pupil's own before it has a movement, be it that the series breaks between them.
    "joined": f"count(r.value) filter (where r.movement = {Movement.NONE})",
    "total": "coalesce(sum(r.value), 0)",
    "total_of_squares": "coalesce(sum(cast(r.value as bigint) * r.value), 0)",
}


@dataclass(frozen=True)
class Scope:
    """What is counted. class_ids: None for all classes of the municipality."""

    round_ids: Collection[int]
    class_ids: Collection[int] | None
    before: Collection[Before]

    @property
    def is_everything(self) -> bool:
        return self.class_ids is None

    @property
    def counted_rounds(self) -> str:
        """The rounds with the day on which each is counted: MeasurementRound.counted_on in SQL."""
        return f"""
            counted_round(id, counted_on) as (
                select id, ends_on from colourmaps_measurementround
                where municipality_id = %(municipality)s and {self.rounds("id")}
            )
        """

    def classes(self, column: str) -> str:
        return "" if self.class_ids is None else f"and {ids_in(column, self.class_ids)}"

    def rounds(self, column: str) -> str:
        return ids_in(column, self.round_ids)


def ids_in(column: str, ids: Collection[int]) -> str:
    return f"{column} in ({', '.join(str(int(each)) for each in ids) or 'null'})"


def missed_sql(scope: Scope) -> str:
    """Makes the table of the results of rounds before, in the classes of then, whose pupils have none in the round."""
    pairs = sorted({(before.round_id, before.before_id) for before in scope.before})
    classes = "" if scope.is_everything else "and r.school_class_id in (select class_id from line)"
    return f"""
        create temporary table {MISSED} as with recursive {_tables(scope)},
        pair(round_id, before_id) as ({_rows(pairs, n_columns=2)})
        select pair.round_id, pair.before_id, r.indicator_id, r.pupil_id, r.school_class_id, r.year_group
        from pair
        join colourmaps_result r on r.municipality_id = %(municipality)s and r.round_id = pair.before_id
         and r.value is not null {classes}
        where not exists (
            select 1 from colourmaps_result now
            where now.municipality_id = %(municipality)s and now.pupil_id = r.pupil_id
              and now.indicator_id = r.indicator_id and now.round_id = pair.round_id
              and now.value is not null and now.school_class_id is not null
        )
    """


def atoms_sql(scope: Scope) -> str:
    """Makes the table of atoms, by class, round, indicator, year group and sex; the three parts are rows apart."""
    return f"""
        create temporary table {ATOMS} as with recursive {_tables(scope)}
        {_parts(scope, trait=_SEX, members="")}
    """


def sums_sql(scope: Scope) -> str:
    """Makes the table of sums, from the atoms and the members of groups: every slice but that of all pupils."""
    return f"""
        create temporary table {SUMS} as with recursive {_tables(scope)},
        member(pupil_id, round_id, slice) as (
            select distinct s.pupil_id, m.id, {OF_GROUPS} + s.group_id
            from pupils_pupilgroupmembership s
            join pupils_pupilgroup g on g.id = s.group_id and g.is_summed
            join counted_round m
              on s.valid_from <= m.counted_on and (s.valid_to is null or s.valid_to > m.counted_on)
             and g.valid_from <= m.counted_on and (g.valid_to is null or g.valid_to > m.counted_on)
            where s.municipality_id = %(municipality)s {_pupils(scope)}
        )
        select unit_id, round_id, indicator_id, {OF_YEAR_GROUPS} + year_group as slice, {ADDED.format(prefix="")}
        from {ATOMS} group by 1, 2, 3, 4
        union all
        select unit_id, round_id, indicator_id, slice, {ADDED.format(prefix="")} from {ATOMS} group by 1, 2, 3, 4
        union all
        select unit_id, round_id, indicator_id, slice, {ADDED.format(prefix="")}
        from ({_parts(scope, trait="k.slice", members=_MEMBERS)}) members group by 1, 2, 3, 4
    """


# All pupils, from the slices of the year groups, which are all of them together.
ALL_SQL = f"""
    insert into {SUMS}
    select unit_id, round_id, indicator_id, {ALL_PUPILS}, {ADDED.format(prefix="")}
    from {SUMS} where slice between {OF_YEAR_GROUPS} and {SEX_NOT_STATED - 1} group by 1, 2, 3
"""

_SEX = (
    "case p.sex "
    + " ".join(f"when '{code}' then {number}" for code, number in SLICE_OF_SEX.items() if code != Sex.UNKNOWN)
    + f" else {SEX_NOT_STATED} end"
)
_MEMBERS = "join member k on k.pupil_id = p.id and k.round_id = {round}"


def _tables(scope: Scope) -> str:
    """The small tables that the parts look things up in."""
    before = [(each.round_id, each.indicator_id, each.before_id, each.years_up) for each in scope.before]
    return f"""
        {scope.counted_rounds},
        before(round_id, indicator_id, before_id, years_up) as ({_rows(before, n_columns=4)}),
        {LINE.format(classes=scope.classes("u.id"))}
    """


def _rows(rows: Collection[tuple[int, ...]], *, n_columns: int) -> str:
    """SQL of a small table of whole numbers."""
    if not rows:
        return f"select {', '.join(['0'] * n_columns)} where 1 = 0"
    return "values " + ", ".join(f"({', '.join(str(number) for number in row)})" for row in rows)


def _pupils(scope: Scope) -> str:
    """Where only some classes are counted, only the members that have ever been in them or in those before them."""
    if scope.class_ids is None:
        return ""
    return f"""
        and s.pupil_id in (
            select e.pupil_id from pupils_enrolment e
            where e.municipality_id = %(municipality)s
              and ({ids_in("e.school_class_id", scope.class_ids)} or e.school_class_id in (select class_id from line))
        )
    """


def _parts(scope: Scope, *, trait: str, members: str) -> str:
    """trait: SQL of what the pupils p are told apart by beside the year group; members: a join that keeps some of them.

    Due: enrolled where it is to be measured, or measured all the same, not exempt.
    """
    return f"""
        select home.unit_id, home.round_id, d.indicator_id, home.year_group, home.slice,
               cast(home.n as integer) as due, {", ".join(f"0 as {column}" for column in COLUMNS[1:])}
        from (
            select e.school_class_id as unit_id, m.id as round_id, e.year_group, {trait} as slice, count(*) as n
            from pupils_enrolment e
            join counted_round m
              on e.valid_from <= m.counted_on and (e.valid_to is null or e.valid_to > m.counted_on)
            join pupils_pupil p on p.id = e.pupil_id {members.format(round="m.id")}
            where e.municipality_id = %(municipality)s and e.is_home {scope.classes("e.school_class_id")}
            group by 1, 2, 3, 4
        ) home
        join colourmaps_dueindicator d on d.municipality_id = %(municipality)s and d.round_id = home.round_id
          and d.year_group = home.year_group
        union all
        select r.unit_id, r.round_id, r.indicator_id, r.year_group, r.slice,
               cast(case when d.id is null then r.n else 0 end - r.exempt as integer),
               {", ".join(f"r.{name}" if name in _MEASURED else "0" for name in COUNTS[1:])}
        from (
            select r.school_class_id as unit_id, r.round_id, r.indicator_id, r.year_group, {trait} as slice,
                   count(*) as n, count(*) filter (where r.mark = {Mark.EXEMPT}) as exempt,
                   {", ".join(f"cast({sql} as {TYPES[name]}) as {name}" for name, sql in _MEASURED.items())}
            from colourmaps_result r
            join pupils_pupil p on p.id = r.pupil_id {members.format(round="r.round_id")}
            where r.municipality_id = %(municipality)s and {scope.rounds("r.round_id")}
              and r.school_class_id is not null {scope.classes("r.school_class_id")}
            group by 1, 2, 3, 4, 5
        ) r
        left join colourmaps_dueindicator d on d.municipality_id = %(municipality)s and d.round_id = r.round_id
          and d.indicator_id = r.indicator_id and d.year_group = r.year_group
        union all
        select missed.unit_id, missed.round_id, missed.indicator_id, missed.year_group, missed.slice,
               {", ".join("cast(missed.n as integer)" if name == "left" else "0" for name in COUNTS)}
        from (
            select line.unit_id, line.round_id, r.indicator_id,
                   coalesce(line.year_group, r.year_group + before.years_up) as year_group, {trait} as slice,
                   count(*) as n
            from {MISSED} r
            join before on before.round_id = r.round_id and before.before_id = r.before_id
             and before.indicator_id = r.indicator_id
            join line on line.round_id = r.round_id and line.class_id = r.school_class_id
            join pupils_pupil p on p.id = r.pupil_id {members.format(round="r.round_id")}
            group by 1, 2, 3, 4, 5
        ) missed
        join colourmaps_dueindicator d on d.municipality_id = %(municipality)s and d.round_id = missed.round_id
          and d.indicator_id = missed.indicator_id and d.year_group = missed.year_group
    """
