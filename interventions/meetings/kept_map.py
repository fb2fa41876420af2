"""A unit map as JSON and back: what a meeting saw of units, with their names, those of indicators, and why figures are
hidden, all as they were.

Version 1. Words are not kept, but what they are made of, so that the map can be read in another language than it was
frozen in:

    version, tier, slice, computed_at, was_waiting
    round       id, key, name, starts_on, ends_on
    indicators  of the columns, in order: id, code, names, area, unit
    kinds       names of kinds of units
    units       the map's own first: id, key, name, level, place in kinds
    pools       lists of members: unit id, name, level, is_rest
    shares      a list per unit, one per column; null where nothing is due. Left out of a share: what it does not have
    held_back   by reason, the indicators
    own_limits  of schools with limits of their own: indicator id, school id, name, reason
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from accounts.models import Unit, UnitKind
from accounts.roles import Tier
from aggregation.disclosure import Colours, Moves, Part, Rule
from aggregation.models import HeldBack
from aggregation.own_limits import OwnLimit
from aggregation.shares import Member, Percents, Pool, Share, UnitMap, UnitRow
from colourmaps.models import Indicator, MeasurementRound

from ..models import AnalysisMeeting, MeetingPicture

VERSION = 1
Json = dict[str, Any]


@dataclass(frozen=True)
class KeptMap:
    """A unit map as it was. was_waiting: newer results were being counted. own_limits: below the unit, as they held."""

    figures: UnitMap
    own_limits: Sequence[OwnLimit] = ()
    was_waiting: bool = False


def as_json(figures: UnitMap, own_limits: Sequence[OwnLimit] = ()) -> Json:
    """figures: in the tree that the round was counted in."""
    kinds = list(dict.fromkeys(row.unit.kind.name for row in figures.rows))
    pools = list(dict.fromkeys(pool for _unit, share in figures.shares() for pool in share.pools.values()))
    round_ = figures.round
    return {
        "version": VERSION,
        "tier": figures.tier.value if figures.tier else None,
        "slice": figures.slice,
        "computed_at": figures.computed_at.isoformat() if figures.computed_at else None,
        "was_waiting": figures.is_waiting,
        "round": {
            "id": round_.pk,
            "key": round_.key,
            "name": round_.name,
            "starts_on": round_.starts_on.isoformat(),
            "ends_on": round_.ends_on.isoformat(),
        },
        "indicators": [_indicator_as_json(each) for each in figures.indicators],
        "kinds": kinds,
        "units": [
            [row.unit.pk, row.unit.key, row.unit.name, row.unit.level, kinds.index(row.unit.kind.name)]
            for row in figures.rows
        ],
        "pools": [[list(member) for member in pool.members] for pool in pools],
        "shares": [[_share_as_json(share, pools) for share in row.shares] for row in figures.rows],
        "held_back": {
            reason.value: [_indicator_as_json(each) for each in indicators]
            for reason, indicators in figures.held_back.items()
        },
        "own_limits": [list(each) for each in own_limits],
    }


def _indicator_as_json(indicator: Indicator) -> Json:
    return {
        "id": indicator.pk,
        "code": indicator.code,
        "names": indicator.names,
        "area": indicator.area,
        "unit": indicator.unit,
    }


def _share_as_json(share: Share, pools: Sequence[Pool]) -> Json | None:
    percents = share.percents
    kept = {
        "colours": share.colours and list(share.colours),
        "moves": share.moves and list(share.moves),
        "missing": share.missing,
        "hidden": _by_part(share.hidden_by, lambda rule: rule.name),
        "pools": _by_part(share.pools, pools.index),
        "pooled": _by_part(share.pooled_by, lambda rule: rule.name),
        "percents": percents
        and {
            "base": percents.base,
            "colours": list(percents.colours),
            "moves": percents.moves and list(percents.moves),
            "measured": percents.measured,
        },
        "joined": share.joined or None,
        "left": share.left or None,
    }
    return {name: value for name, value in kept.items() if value is not None} or None


def _by_part(of_parts: Mapping[Part, Any], kept: Callable[[Any], Any]) -> Json | None:
    return {part.value: kept(value) for part, value in of_parts.items()} or None


def kept_map_of(meeting: AnalysisMeeting) -> KeptMap | None:
    """What a meeting saw of units; None for one that is about classes alone, or has not begun."""
    kept = MeetingPicture.objects.filter(meeting=meeting).first()
    return from_json(kept.contents) if kept else None


def from_json(contents: Json) -> KeptMap | None:
    """The map again; None where none was kept, or by a version that is not known here."""
    if contents.get("version") != VERSION:
        return None
    kinds = [UnitKind(name=name) for name in contents["kinds"]]
    pools = [Pool(tuple(Member(*member) for member in members)) for members in contents["pools"]]
    own, *children = (
        UnitRow(_unit_from_json(unit, kinds), [_share_from_json(share, pools) for share in shares])
        for unit, shares in zip(contents["units"], contents["shares"], strict=True)
    )
    computed_at = contents["computed_at"]
    figures = UnitMap(
        own.unit,
        _round_from_json(contents["round"]),
        [_indicator_from_json(each) for each in contents["indicators"]],
        own,
        children,
        slice=contents["slice"],
        tier=Tier(contents["tier"]) if contents["tier"] else None,
        computed_at=datetime.datetime.fromisoformat(computed_at) if computed_at else None,
        held_back={
            HeldBack(reason): [_indicator_from_json(each) for each in indicators]
            for reason, indicators in contents["held_back"].items()
        },
    )
    return KeptMap(figures, [OwnLimit(*each) for each in contents["own_limits"]], contents["was_waiting"])


def _round_from_json(kept: Json) -> MeasurementRound:
    starts_on, ends_on = (datetime.date.fromisoformat(kept[name]) for name in ("starts_on", "ends_on"))
    return MeasurementRound(
        pk=kept["id"], key=kept["key"], name=kept["name"], starts_on=starts_on, ends_on=ends_on
    )


def _indicator_from_json(kept: Json) -> Indicator:
    return Indicator(
        pk=kept["id"], code=kept["code"], names=kept["names"], area=kept["area"], unit=kept["unit"]
    )


def _unit_from_json(kept: Sequence[Any], kinds: Sequence[UnitKind]) -> Unit:
    unit_id, key, name, level, kind = kept
    return Unit(pk=unit_id, key=key, name=name, level=level, kind=kinds[kind])


def _share_from_json(kept: Json | None, pools: Sequence[Pool]) -> Share:
    if kept is None:
        return Share()
    return Share(
        colours=Colours(*kept["colours"]) if "colours" in kept else None,
        moves=Moves(*kept["moves"]) if "moves" in kept else None,
        missing=kept.get("missing"),
        hidden_by={Part(part): Rule[name] for part, name in kept.get("hidden", {}).items()},
        pools={Part(part): pools[place] for part, place in kept.get("pools", {}).items()},
        pooled_by={Part(part): Rule[name] for part, name in kept.get("pooled", {}).items()},
        percents=_percents_from_json(kept["percents"]) if "percents" in kept else None,
        joined=kept.get("joined", 0),
        left=kept.get("left", 0),
    )


def _percents_from_json(kept: Json) -> Percents:
    moves = kept["moves"]
    return Percents(
        base=kept["base"],
        colours=Colours(*kept["colours"]),
        moves=Moves(*moves) if moves else None,
        measured=kept["measured"],
    )
