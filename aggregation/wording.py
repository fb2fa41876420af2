"""What cells of the unit map say in words: on the page, to screen readers, and in files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.roles import Tier
from colourmaps.models import Indicator

from .disclosure import Colours, Part, Rule
from .models import HeldBack
from .shares import Member, Percents, Pool, Share, UnitMap

# One sentence for all rules of counts: said of each unit by itself, they would tell which of those that are hidden has
# the few pupils, and so much that the counts follow.
HIDDEN_WORDS = {
    Part.COLOURS: gettext_lazy(
        "hidden: too few pupils, or a few or all of the same colour, also together with other units"
    ),
    Part.MOVEMENT: gettext_lazy(
        "movement hidden: too few pupils, or a few or all moved the same way, also together with other units"
    ),
    Part.COVERAGE: gettext_lazy("number missing hidden: a few pupils, also together with other units"),
}
SMALL_CHANGE_WORDS = {
    Part.COLOURS: gettext_lazy(
        "hidden until the results of more pupils have changed, so that no single pupil can be made out"
    ),
    Part.MOVEMENT: gettext_lazy(
        "movement hidden until the results of more pupils have changed, so that no single pupil can be made out"
    ),
    Part.COVERAGE: gettext_lazy(
        "number missing hidden until the results of more pupils have changed, so that no single pupil can be made out"
    ),
}
# Why a unit is shown together with others. Not said of which of them: that would tell its counts. Sizes are no secret.
REASONS = {
    Rule.FEW_PUPILS: gettext_lazy("too few pupils here"),
    Rule.POOL_ACROSS: gettext_lazy("some of its schools are shown together with these"),
    Rule.POOLED_WITH_UNSAFE: gettext_lazy("otherwise single pupils in one of them could be made out"),
}
# Of figures that are held back, whichever units are looked at.
HELD_BACK_WORDS = {
    HeldBack.EARLY: gettext_lazy("Not shown yet (%(indicators)s): most pupils are not measured."),
    HeldBack.FEW_CHANGED: gettext_lazy(
        "Newer figures are waiting (%(indicators)s): the results of too few pupils have changed for them to be shown "
        "without single pupils being made out."
    ),
    HeldBack.COUNTING: gettext_lazy(
        "Newer figures are waiting (%(indicators)s): the pupils are just being counted by this division."
    ),
    HeldBack.NO_SAFE_SPLIT: gettext_lazy(
        "Some figures are not shown, or not the newest (%(indicators)s): divided like this, single pupils could be "
        "made out, whichever schools are shown together."
    ),
    HeldBack.LEAK: gettext_lazy(
        "Newer figures are not shown (%(indicators)s): single pupils could be made out. The platform's operator has "
        "been told."
    ),
}

READ_NOW = gettext_lazy(
    "A round that is over, read in today's organisation: merged schools have the figures of all."
)


def rule_words(part: Part, rule: Rule) -> str:
    """Why a part is not shown at all."""
    words = SMALL_CHANGE_WORDS if rule is Rule.SMALL_CHANGE else HIDDEN_WORDS
    return str(words[part])


def words_of(share: Share, unit_id: int) -> str:
    """The whole cell in words, the rules by which something is hidden and the pools included."""
    if Part.COLOURS in share.hidden_by:
        words = [rule_words(Part.COLOURS, share.hidden_by[Part.COLOURS])]
        if share.moves is not None:
            words += _moves_words(share, unit_id)
    elif share.percents is not None:
        words = [_percents_words(share.percents), *_moved_percent_words(share, share.percents, unit_id)]
    elif share.colours is None:
        return _("not due")
    elif not share.measured:
        words = [_missing_words(share, unit_id)]
    else:
        words = [
            *_measured_words(share, share.colours, unit_id),
            *_moves_words(share, unit_id),
            *_newcomer_words(share),
        ]
    if Part.COLOURS in share.pools:
        words.insert(0, together_with(share, Part.COLOURS, unit_id))
    return "; ".join(words)


def together_with(share: Share, part: Part, unit_id: int) -> str:
    """With whom a unit is shown, and why: "shown together with Norrskolan and Sjöskolan (too few pupils here)"."""
    names = names_of(share.pools[part].without(unit_id))
    reason = REASONS.get(share.pooled_by.get(part, Rule.POOLED_WITH_UNSAFE))
    return _("shown together with %(units)s (%(reason)s)") % {"units": names, "reason": reason}


def names_of(members: Iterable[Member]) -> str:
    """Names in a row, with "and" before the last."""
    names = [member_name(member) for member in members]
    if len(names) < 2:
        return "".join(names)
    return _("%(first)s and %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}


def member_name(member: Member) -> str:
    if member.is_rest:
        return _("the pupils of %(unit)s outside its schools") % {"unit": member.name}
    return member.name


def count_of(pool: Pool) -> str:
    """How many are shown together: "3 schools together"."""
    n_units = len(pool.members)
    if all(member.is_school for member in pool.members):
        return ngettext("%(n)s school together", "%(n)s schools together", n_units) % {"n": n_units}
    return ngettext("%(n)s unit together", "%(n)s units together", n_units) % {"n": n_units}


def _missing_words(share: Share, unit_id: int) -> str:
    if share.due is not None:
        return _("missing: none of %(due)s measured") % {"due": share.due}
    return "; ".join([_("missing: none measured"), *_coverage_words(share, unit_id)])


def _measured_words(share: Share, colours: Colours, unit_id: int) -> list[str]:
    counts = {"red": colours.red, "yellow": colours.yellow, "green": colours.green}
    if share.due is None:
        words = [_("%(red)s intervention needed, %(yellow)s passed, %(green)s good result") % counts]
        words += _coverage_words(share, unit_id)
    else:
        words = [
            _(
                "%(red)s intervention needed, %(yellow)s passed, %(green)s good result; "
                "%(measured)s of %(due)s measured"
            )
            % {**counts, "measured": share.measured, "due": share.due}
        ]
    if colours.uncoloured:
        words.append(_("no limits are set for %(uncoloured)s") % {"uncoloured": colours.uncoloured})
    return words


def _coverage_words(share: Share, unit_id: int) -> list[str]:
    """How many are missing, where that is hidden or shown of other units than the colours are."""
    if share.missing is None:
        return [rule_words(Part.COVERAGE, share.hidden_by[Part.COVERAGE])]
    return [
        _("%(missing)s missing, counted %(units)s")
        % {"missing": share.missing, "units": _of(share, Part.COVERAGE, unit_id)}
    ]


def _moves_words(share: Share, unit_id: int) -> list[str]:
    if share.moves is None:
        return [rule_words(Part.MOVEMENT, share.hidden_by[Part.MOVEMENT])]
    paired = sum(share.moves)
    if not paired:
        return []
    words = _("of %(paired)s measured both times: %(up)s better, %(still)s unchanged, %(down)s worse") % {
        "paired": paired,
        **share.moves._asdict(),
    }
    is_same = Part.COLOURS not in share.hidden_by and share.is_of_same_units(Part.MOVEMENT)
    return [words if is_same else f"{_of(share, Part.MOVEMENT, unit_id)}: {words}"]


def _newcomer_words(share: Share) -> list[str]:
    """Who came and who went since the indicator's round before; neither is in the movement."""
    words = []
    if share.joined:
        words.append(_("%(n)s measured for the first time") % {"n": share.joined})
    if share.left:
        words.append(_("%(n)s measured last time and not now") % {"n": share.left})
    return words


def _of(share: Share, part: Part, unit_id: int) -> str:
    """Whose figures a part is, where it is not shown of the units that the colours are shown of."""
    pool = share.pools.get(part)
    if pool is None:
        return _("here alone")
    return _("here and in %(units)s") % {"units": names_of(pool.without(unit_id))}


def _percents_words(percents: Percents) -> str:
    if not percents.base:
        return _("no limits are set")
    return _(
        "of %(base)s pupils about %(red)s %% intervention needed, %(yellow)s %% passed, %(green)s %% good result"
    ) % {
        "base": percents.base,
        "red": percents.colours.red,
        "yellow": percents.colours.yellow,
        "green": percents.colours.green,
    }


def _moved_percent_words(share: Share, percents: Percents, unit_id: int) -> list[str]:
    words = []
    if percents.measured is not None:
        words.append(_("about %(percent)s %% of those due measured") % {"percent": percents.measured})
    if Part.MOVEMENT in share.hidden_by:
        words.append(rule_words(Part.MOVEMENT, share.hidden_by[Part.MOVEMENT]))
    elif percents.moves is not None and share.is_of_same_units(Part.MOVEMENT):
        words.append(
            _(
                "of those measured both times about %(up)s %% better, %(still)s %% unchanged, %(down)s %% worse"
            )
            % percents.moves._asdict()
        )
    return words


def pools_on(figures: UnitMap) -> list[tuple[str, int]]:
    """Which units of a map are shown together, and on how many of its indicators; the most frequent first."""
    columns: dict[Pool, set[int]] = defaultdict(set)
    for row in figures.rows:
        for column, share in enumerate(row.shares):
            if Part.COLOURS in share.pools:
                columns[share.pools[Part.COLOURS]].add(column)
    pools = sorted(columns.items(), key=lambda item: -len(item[1]))
    return [(names_of(pool.members), len(places)) for pool, places in pools]


def pool_words(pools: Iterable[tuple[str, int]]) -> str:
    """ "Norrskolan and Sjöskolan (3 indicators); …"."""
    return "; ".join(
        ngettext("%(units)s (%(n)s indicator)", "%(units)s (%(n)s indicators)", n) % {"units": names, "n": n}
        for names, n in pools
    )


def notes_of(figures: UnitMap) -> list[str]:
    """What a reader has to know of how a map is protected, in words that a board member understands."""
    notes = []
    if pools := pools_on(figures):
        notes.append(
            _(
                "Small schools are shown together with others, so that no child can be made out. Here: %(pools)s."
            )
            % {"pools": pool_words(pools)}
        )
    if figures.tier is Tier.BOARD:
        notes.append(_("Shares are in steps of five percentage points, and rest on at least twenty pupils."))
    if figures.held_back:
        notes.append(held_back_words(figures.held_back))
    if figures.reading:
        notes += [str(READ_NOW), *figures.reading]
    return notes


def untold_words(tier: Tier | None) -> list[str]:
    """What a map would say to those who see the pupils, and why it does not say it to this reader."""
    if tier is None:
        return []
    untold = [
        _(
            "Who is measured for the first time, and who is not measured any more, is told to the schools alone: they "
            "are few, and known by name."
        )
    ]
    if tier is Tier.BOARD:
        untold.append(
            _("In steps of five percentage points it cannot be told in how few units half of the red is.")
        )
    return untold


def held_back_words(held_back: Mapping[HeldBack, Iterable[Indicator]]) -> str:
    """One sentence for each reason why figures are not shown, or not the newest."""
    return " ".join(
        str(HELD_BACK_WORDS[reason]) % {"indicators": ", ".join(indicator.name for indicator in indicators)}
        for reason, indicators in held_back.items()
    )
