"""What the meetings of the invented municipality write and decide: in the language of the municipality."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from interventions.models import Outcome, Rule, Rung


@dataclass(frozen=True)
class Decided:
    """What came of the next case. days: until when, of a measure; is_done: by the day on which the story is told."""

    outcome: Outcome
    text: str
    days: int = 28
    is_done: bool = False


@dataclass(frozen=True)
class Told:
    """A meeting that has been: on which rung, how many days ago; what its cases came to, in turn, again and again.

    answers: to the guiding questions, in their order; shared: for the level above. school: of the plan, 0 is the one
    whose people sign in. cancelled, is_missed: it did not take place, and why not, if somebody has said so.
    """

    rung: Rung
    days_ago: int
    school: int = 0
    decided: tuple[Decided, ...] = ()
    answers: tuple[str, ...] = ()
    shared: str = ""
    cancelled: str = ""
    is_missed: bool = False
    with_queue: bool = False


@dataclass(frozen=True)
class Repeated:
    """A series. first_on: its first day. school: of the plan; None for what stands above the schools."""

    rung: Rung
    rule: Rule
    first_on: datetime.date
    at: datetime.time
    minutes: int = 90
    school: int | None = 0
    with_queue: bool = False


def day(month: int, number: int) -> datetime.date:
    return datetime.date(2026, month, number)


def at(hour: int, minute: int = 0) -> datetime.time:
    return datetime.time(hour, minute)


SERIES = (
    Repeated(Rung.TEAM, Rule.MONTHLY, day(8, 27), at(14, 30), 120),
    Repeated(Rung.SCHOOL, Rule.EACH_ROUND, day(8, 24), at(13), 120),
    Repeated(Rung.SCHOOL, Rule.MONTHLY, day(9, 8), at(8, 30), with_queue=True),
    Repeated(Rung.TEAM, Rule.MONTHLY, day(9, 3), at(14, 30), 120, school=1),
    Repeated(Rung.SCHOOL, Rule.MONTHLY, day(9, 10), at(8, 30), school=1, with_queue=True),
    Repeated(Rung.SCHOOL, Rule.MONTHLY, day(9, 16), at(9), school=2, with_queue=True),
    Repeated(Rung.AREA, Rule.QUARTERLY, day(9, 17), at(10), 120, school=None),
    Repeated(Rung.ADMINISTRATION, Rule.QUARTERLY, day(9, 24), at(9), 120, school=None),
    Repeated(Rung.BOARD, Rule.EACH_TERM, day(10, 13), at(18), 60, school=None),
)
MEASURE, NONE, OTHERWISE = Outcome.MEASURE, Outcome.NONE, Outcome.OTHERWISE
TEAMS = (
    Decided(MEASURE, "Läsgrupp i stället för enskild läsning, måndag och onsdag", 21, is_done=True),
    Decided(MEASURE, "Kort avstämning varje fredag med mentorn", 35, is_done=True),
    Decided(MEASURE, "Provet läses upp, och mer tid ges", 21, is_done=True),
    Decided(OTHERWISE, "Läser redan hos specialläraren sedan september"),
    Decided(NONE, "Provdagen var dålig; vi mäter om vid nästa tillfälle"),
    Decided(MEASURE, "Mentorn ringer hem och hör hur läxorna går", 14, is_done=True),
    Decided(MEASURE, "Samma genomgång två gånger, den andra i mindre grupp", 42),
    Decided(OTHERWISE, "Kuratorn träffar redan eleven"),
    Decided(MEASURE, "Plats längst fram och egen arbetsordning på bänken", 7, is_done=True),
)
LEADERSHIPS = (
    Decided(MEASURE, "Två timmar speciallärare flyttas från årskurs 4 till årskurs 6", 14, is_done=True),
    Decided(OTHERWISE, "Laget har beslutat om en läsgrupp"),
    Decided(MEASURE, "Klassläraren får handledning av matematikutvecklaren", 42, is_done=True),
    Decided(NONE, "Vi väntar på utredningen, som är klar i januari"),
    Decided(MEASURE, "Skolsköterskan följer upp sömn och frukost med hemmet", 28, is_done=True),
    Decided(MEASURE, "Schemat läggs om så att laget kan planera tillsammans", 60),
    Decided(MEASURE, "Anmälan till stödfunktionen för språk", 14, is_done=True),
)
HEADS = (
    Decided(MEASURE, "Skolorna delar en läsutvecklare på vårterminen", 60),
    Decided(NONE, "Frågan tas i budgetarbetet"),
)
SWEDISH = (
    Told(
        Rung.TEAM,
        86,
        decided=TEAMS,
        answers=("Läsningen går framåt i de flesta grupper. Taluppfattningen står still.",),
    ),
    Told(
        Rung.TEAM,
        30,
        decided=TEAMS,
        answers=(
            "Fler är röda i läshastighet än i våras, mest i slutet av klasslistan: de som kom i augusti.",
            "Läsgrupperna. Vi såg det på läsförståelsen i oktober.",
            "Vi läser för sällan högt tillsammans.",
            "Högläsning tjugo minuter varje dag, alla ämnen.",
            "Vi behöver någon som kan läsning med nyanlända elever.",
        ),
        shared="Läsgrupperna har gett resultat. Vi behöver kunskap om läsning med nyanlända elever.",
    ),
    Told(
        Rung.SCHOOL,
        38,
        decided=LEADERSHIPS,
        answers=("Skillnaden mellan årskurserna har ökat.", "Hälften av besluten är genomförda."),
        shared="Vi har flyttat resurser till årskurs 6 och behöver stöd i matematik.",
    ),
    Told(Rung.SCHOOL, 74, decided=LEADERSHIPS[:2], with_queue=True),
    Told(Rung.SCHOOL, 39, decided=LEADERSHIPS[2:], with_queue=True),
    Told(Rung.SCHOOL, 11, decided=LEADERSHIPS[1:], with_queue=True),
    Told(Rung.TEAM, 79, school=1, decided=TEAMS),
    Told(Rung.TEAM, 44, school=1, cancelled="Halva laget var sjukt."),
    Told(Rung.TEAM, 16, school=1, is_missed=True),
    Told(Rung.SCHOOL, 72, school=1, decided=LEADERSHIPS, with_queue=True),
    Told(Rung.SCHOOL, 44, school=1, is_missed=True, with_queue=True),
    Told(Rung.SCHOOL, 9, school=1, is_missed=True, with_queue=True),
    Told(Rung.SCHOOL, 66, school=2, decided=LEADERSHIPS, with_queue=True),
    Told(Rung.SCHOOL, 38, school=2, cancelled="Stödfunktionen hade förhinder.", with_queue=True),
    Told(Rung.SCHOOL, 3, school=2, decided=LEADERSHIPS[:2], with_queue=True),
    *(
        Told(Rung.SCHOOL, days, school=school, decided=LEADERSHIPS, with_queue=True)
        for school in range(3)
        for days in (188, 223, 251)
    ),
    Told(
        Rung.AREA,
        65,
        decided=HEADS,
        answers=("Tre av fyra skolor har fler gröna än i våras.",),
        shared="Området behöver en gemensam läsutvecklare.",
    ),
)
NEXT_TIME = "Tiden räckte inte. Tas upp nästa gång."
OWN_ANALYSIS = (
    "Fem elever läser långsammare än i våras. Alla fem har haft vikarie i svenska.",
    "Vi har läst för lite sammanhängande text.",
    "Tyst läsning byts mot parläsning tre gånger i veckan.",
)
