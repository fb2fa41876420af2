"""The document of what a role can read: it holds what the pages show, and two attackers find nothing in it."""

from __future__ import annotations

import copy
import datetime
import io
import json
import random
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.access import Sight
from accounts.audit import record
from accounts.models import Unit
from accounts.roles import RoleCode
from aggregation.disclosure import Colours, Figures, Limits, Moves, Part, broken_rule
from aggregation.disclosure.attack import Displayed, leaks
from aggregation.queries import unit_map
from aggregation.releasing import release_round
from aggregation.slices import ALL_PUPILS, slice_of_sex
from colourmaps.models import Indicator, MeasurementRound
from pupils.models import Sex
from tests.factories.accounts import UnitFactory
from tests.factories.colourmaps import IndicatorFactory, RoundFactory
from tests.fixtures import TODAY, Place

from .attack import worked_out
from .scene import BuiltTown, build_town, store_sums
from .towns import random_figures, summed

pytestmark = pytest.mark.usefixtures("in_english")

Document = dict[str, Any]
GIRLS, BOYS = slice_of_sex(Sex.FEMALE), slice_of_sex(Sex.MALE)
WORDS = {"all": ALL_PUPILS, "girls": GIRLS, "boys": BOYS}
COLOURS = ("green", "yellow", "red")


def published(role: str, **options: Any) -> Document:
    output = io.StringIO()
    call_command("published", municipality="9901", role=role, stdout=output, **options)
    return json.loads(output.getvalue())


@pytest.fixture
def autumn(in_solviken: Place) -> MeasurementRound:
    return RoundFactory(name="HT 2026", starts_on=TODAY - datetime.timedelta(days=60))


@pytest.fixture
def reading(in_solviken: Place) -> Indicator:
    return IndicatorFactory(code="LAS")


@pytest.fixture
def four_schools(in_solviken: Place, autumn: MeasurementRound, reading: Indicator) -> list[Unit]:
    """One with few red, two to be shown together with, and one by itself."""
    place = in_solviken
    schools = [place.school, *(UnitFactory(parent=place.area) for _more in range(3))]
    few, usual, large = (
        Figures(Colours(*counts), Moves(10, 10, 10), 5)
        for counts in ((20, 10, 2), (30, 20, 10), (90, 60, 40))
    )
    units = dict(enumerate([place.root, place.administration, place.area, *schools]))
    parents = {1: 0, 2: 1, 3: 2, 4: 2, 5: 2, 6: 2}
    store_sums(units, summed(parents, {3: few, 4: usual, 5: usual, 6: large}), autumn, reading)
    release_round(autumn)
    return schools


def test_document_has_what_the_page_shows(
    in_solviken: Place, autumn: MeasurementRound, four_schools: list[Unit]
) -> None:
    place = in_solviken
    document = published("area_head", unit=place.area.key)

    [key] = document["tables"]
    table = document["tables"][key]
    assert key == "LAS/ht-2026/all/v1"
    [pool] = [node for node in document["nodes"] if "members" in node]
    assert pool == {
        "id": f"pool:{'+'.join(pool['members'])}",
        "parent": None,
        "members": sorted(school.key for school in four_schools[:3]),
    }
    assert table["cells"] == {
        place.area.key: [170, 110, 62],
        **dict.fromkeys(pool["members"]),
        pool["id"]: [80, 50, 22],
        four_schools[3].key: [90, 60, 40],
    }
    assert (table["n"][pool["id"]], table["n"][place.school.key]) == (152, None)
    [page] = [
        row.shares[0].colours
        for row in unit_map(place.area, autumn, Sight(place.area_head)).children
        if row.unit == four_schools[3]
    ]
    assert page[:3] == tuple(table["cells"][four_schools[3].key])


def test_nodes_are_the_tree(in_solviken: Place, four_schools: list[Unit]) -> None:
    place = in_solviken

    nodes = {node["id"]: node["parent"] for node in published("area_head", unit=place.area.key)["nodes"]}

    assert nodes[place.root.key] is None
    assert [nodes[unit.key] for unit in (place.administration, place.area, *four_schools)] == [
        place.root.key,
        place.administration.key,
        *[place.area.key] * 4,
    ]


def test_unit_that_has_moved_is_another_node_in_the_earlier_round(
    in_solviken: Place, autumn: MeasurementRound, reading: Indicator, four_schools: list[Unit]
) -> None:
    place, moved = in_solviken, four_schools[3]
    other = UnitFactory(level=place.area.level, parent=place.administration)
    moved.placements.update(valid_to=TODAY - datetime.timedelta(days=1))
    moved.placements.create(
        municipality=place.municipality,
        unit=moved,
        parent=other,
        valid_from=TODAY - datetime.timedelta(days=1),
    )
    RoundFactory(name="VT 2027", starts_on=TODAY, ends_on=TODAY)

    nodes = {node["id"]: node["parent"] for node in published("administration_head")["nodes"]}

    assert (nodes[moved.key], nodes[f"{moved.key}@ht-2026"]) == (other.key, place.area.key)


def test_board_gets_shares_and_no_cells(in_solviken: Place, four_schools: list[Unit]) -> None:
    table = published("board_member")["tables"]["LAS/ht-2026/all/v1"]

    assert set(table["cells"].values()) == {None}
    assert table["shares"][four_schools[3].key] == [45, 30, 20]
    assert all(n is None or n == 0 or n >= 20 for n in table["n"].values())


def test_every_version_is_there(
    in_solviken: Place, autumn: MeasurementRound, reading: Indicator, four_schools: list[Unit]
) -> None:
    place = in_solviken
    larger = Figures(Colours(190, 160, 140), Moves(10, 10, 10), 5)
    store_sums({0: four_schools[3]}, {0: larger}, autumn, reading)
    units = {0: place.root, 1: place.administration, 2: place.area}
    above = Figures(Colours(270, 210, 162), Moves(40, 40, 40), 20)
    store_sums(units, dict.fromkeys(units, above), autumn, reading)
    release_round(autumn)

    tables = published("administration_head")["tables"]

    assert {key: table["cells"][four_schools[3].key] for key, table in tables.items()} == {
        "LAS/ht-2026/all/v1": [90, 60, 40],
        "LAS/ht-2026/all/v2": [190, 160, 140],
    }


def test_who_sees_pupils_gets_the_sums_of_the_own_units(
    in_solviken: Place, autumn: MeasurementRound, reading: Indicator, four_schools: list[Unit]
) -> None:
    place = in_solviken
    few = Figures(Colours(1, 2, 1), Moves(0, 0, 0), 0)
    store_sums({0: place.class_4a}, {0: few}, autumn, reading)

    principal = published("principal", unit=place.school.key)["tables"]
    teacher = published("teacher", unit=place.class_4a.key)["tables"]

    assert principal["LAS/ht-2026/all/now"]["cells"] == {
        place.school.key: [20, 10, 2],
        place.class_4a.key: [1, 2, 1],
        place.class_5a.key: [0, 0, 0],
    }
    assert teacher["LAS/ht-2026/all/now"]["cells"] == {place.class_4a.key: [1, 2, 1]}


def test_truth_is_for_invented_municipalities_only(in_solviken: Place, four_schools: list[Unit]) -> None:
    with pytest.raises(CommandError, match="not filled with invented pupils") as refusal:
        published("area_head", truth=True)
    assert refusal.value.returncode == 2

    record("municipality seeded", by=None)

    tables = published("area_head", truth=True)["tables"]
    assert tables["LAS/ht-2026/all/v1"]["cells"][four_schools[0].key] == [20, 10, 2]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"municipality": "0000", "role": "area_head"}, "There is no municipality with the code 0000."),
        ({"municipality": "9901", "role": "king"}, "There is no role king"),
        ({"municipality": "9901", "role": "coordinator"}, "The role coordinator reads no sums."),
        ({"municipality": "9901", "role": "principal"}, "The role principal is held at one unit"),
        ({"municipality": "9901", "role": "area_head", "unit": "x"}, "There is no unit with the key x."),
    ],
)
def test_what_cannot_be_written_is_said_in_a_sentence(
    in_solviken: Place, options: dict[str, str], sentence: str
) -> None:
    with pytest.raises(CommandError, match=sentence) as refusal:
        call_command("published", stdout=io.StringIO(), **options)

    assert refusal.value.returncode == 2


def test_head_is_refused_a_class(in_solviken: Place) -> None:
    with pytest.raises(CommandError, match="reads nothing below the school"):
        published("area_head", unit=in_solviken.class_4a.key)


# ---- two attackers ------------------------------------------------------------------------------------------------


@pytest.fixture
def released_town(
    in_solviken: Place, autumn: MeasurementRound, reading: Indicator
) -> Callable[[int], BuiltTown]:
    """A random town whose figures of all pupils, of girls and of boys are released."""

    def build(seed: int) -> BuiltTown:
        built = build_town(seed)
        dice = random.Random(seed)  # noqa: S311 – dice, not secrets
        schools = sorted(built.town.table.keys() - set(built.town.parents.values()))
        halves = [
            {school: random_figures(dice, [2, 1, 0.4]) for school in schools} for _slice in (GIRLS, BOYS)
        ]
        parents = dict(built.town.parents)
        for slice_, leaves in zip((GIRLS, BOYS), halves, strict=True):
            store_sums(built.units, summed(parents, leaves), autumn, reading, slice_)
        together = {
            school: summed({1: 0, 2: 0}, {1: halves[0][school], 2: halves[1][school]})[0]
            for school in schools
        }
        store_sums(built.units, summed(parents, together), autumn, reading)
        record("municipality seeded", by=None)
        release_round(autumn)
        return built

    return build


class Reader:
    """Knows a document of released figures, and how the counts really are."""

    def __init__(self, document: Document, truth: Document) -> None:
        self.document, self.truth = document, truth
        self.parents = {node["id"]: node["parent"] for node in truth["nodes"]}
        inner = set(self.parents.values())
        self.leaves = [node for node in self.parents if node not in inner]
        self.number_of = {node: number for number, node in enumerate(self.parents, start=1)}

    def leaves_of(self, node: str) -> frozenset[int]:
        """Of a unit or a pool."""
        members = (
            next((each["members"] for each in self.document["nodes"] if each["id"] == node), None)
            if (node.startswith("pool:"))
            else [node]
        )
        return frozenset(
            self.number_of[leaf]
            for leaf in self.leaves
            for member in members or ()
            if self.is_below(leaf, member)
        )

    def is_below(self, node: str | None, above: str) -> bool:
        while node is not None and node != above:
            node = self.parents[node]
        return node == above

    def displayed(self, slices: Mapping[str, str]) -> Displayed:
        """A table of slices, by their words, as the document has it. slices: {word: key}."""
        sums: dict[frozenset[int], dict[int, Any]] = {}
        truth: dict[int, dict[int, Any]] = {self.number_of[leaf]: {} for leaf in self.leaves}
        hidden = set()
        for word, key in slices.items():
            for node, cells in self.document["tables"][key]["cells"].items():
                if cells is not None:
                    uncoloured = self.document["tables"][key]["uncoloured"][node]
                    sums.setdefault(self.leaves_of(node), {})[WORDS[word]] = (*cells, uncoloured)
                elif node in self.leaves:
                    hidden.add(self.number_of[node])
            for leaf in self.leaves:
                of_slice = self.truth["tables"][key]
                counts = (*of_slice["cells"][leaf], of_slice["uncoloured"][leaf])
                truth[self.number_of[leaf]][WORDS[word]] = counts
        return Displayed(sums, truth, Part.COLOURS, frozenset(hidden))

    def splits(self) -> list[dict[str, str]]:
        """The keys of the first versions of all pupils, and if they are there of girls and boys."""
        keys = {key.split("/")[2]: key for key in self.document["tables"]}
        of_sex = {word: keys[word] for word in ("girls", "boys") if word in keys}
        return [{"all": keys["all"]}, *([of_sex] if of_sex else [])]

    def found(self) -> list[Any]:
        """What whoever reads it can work out, from outside or knowing any one unit."""
        return leaks([self.displayed(slices) for slices in self.splits()], Limits())

    def worked_out(self) -> Iterator[tuple[str, str, int]]:
        """What the other attacker, who shares no code with it, works out of each slice by itself: 1–4 of a colour."""
        parents = {
            self.number_of[node]: self.number_of[above] for node, above in self.parents.items() if above
        }
        for key, table in self.document["tables"].items():
            pools = {
                -place: self.leaves_of(node["id"])
                for place, node in enumerate(self.document["nodes"])
                if "members" in node and node["id"] in table["cells"]
            }
            place_of = {self.document["nodes"][-place]["id"]: place for place in pools}
            known = {
                (place_of.get(node) or self.number_of[node], kind): count
                for node, cells in table["cells"].items()
                if cells is not None
                for kind, count in zip(COLOURS, cells, strict=True)
            }
            for (node, kind), count in (known | worked_out(parents, known, pools=pools)).items():
                if node > 0 and kind in COLOURS and 0 < count < 5:
                    yield key, kind, count


def readers(built: BuiltTown) -> Iterator[Reader]:
    truth = published("administration_head", truth=True)
    for person in built.people:
        for held in Sight(person).assignments:
            if held.role != RoleCode.BOARD_MEMBER:
                yield Reader(published(held.role, unit=held.unit.key), truth)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [3, 4, 6])
def test_nothing_can_be_worked_out_from_what_any_role_can_read(
    released_town: Callable[[int], BuiltTown], seed: int
) -> None:
    for reader in readers(released_town(seed)):
        assert reader.found() == []
        assert list(reader.worked_out()) == []


def planted(reader: Reader) -> Iterator[Reader]:
    """The document with one fault each: a hidden unit shown, a pool without one of its members, a slice alone."""
    for key, table in reader.document["tables"].items():
        truth = reader.truth["tables"][key]["cells"]
        for pool in reader.document["nodes"]:
            leaves = [member for member in pool.get("members", ()) if member in reader.leaves]
            few = [leaf for leaf in leaves if any(0 < count < 5 for count in truth[leaf])]
            if not few or pool["id"] not in table["cells"] or len(leaves) < len(pool["members"]):
                continue
            yield with_cells(reader, key, [few[0]])
            yield with_cells(reader, key, [leaf for leaf in leaves if leaf != few[0]])
    yield from slices_alone(reader)


def slices_alone(reader: Reader) -> Iterator[Reader]:
    """Girls of a school, who are enough by themselves, beside all its pupils, of whom few are boys."""
    _all, *of_sex = reader.splits()
    for keys in of_sex:
        truth = {word: reader.truth["tables"][key]["cells"] for word, key in keys.items()}
        for leaf in reader.leaves:
            is_whole_shown = reader.document["tables"][_all["all"]]["cells"][leaf] is not None
            are_girls_shown = reader.document["tables"][keys["girls"]]["cells"][leaf] is not None
            girls, boys = (broken_rule(tuple(truth[word][leaf]), Limits(), Part.COLOURS) for word in truth)
            if is_whole_shown and not are_girls_shown and girls is None and boys is not None:
                yield with_cells(reader, keys["girls"], [leaf])


def with_cells(reader: Reader, key: str, leaves: list[str]) -> Reader:
    """What is read, and besides the sum of the leaves."""
    document, truth = copy.deepcopy(reader.document), reader.truth["tables"][key]
    node = leaves[0]
    if len(leaves) > 1:
        node = "pool:planted"
        document["nodes"].append({"id": node, "parent": None, "members": leaves})
    table = document["tables"][key]
    table["cells"][node] = [
        sum(counts) for counts in zip(*(truth["cells"][leaf] for leaf in leaves), strict=True)
    ]
    table["uncoloured"][node] = sum(truth["uncoloured"][leaf] for leaf in leaves)
    return Reader(document, reader.truth)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [4, 6])
def test_every_planted_fault_is_found(released_town: Callable[[int], BuiltTown], seed: int) -> None:
    """The first town has six hidden units and pools to plant it in, the second a slice, too."""
    [reader, *_others] = readers(released_town(seed))

    faulty = list(planted(reader))

    assert len(faulty) >= 6
    assert bool(list(slices_alone(reader))) == (seed == 6)
    assert [fault for fault in faulty if not fault.found()] == []
