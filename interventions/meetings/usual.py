"""The meetings that a new municipality begins with; it can rename, close, change what they ask, and add its own.

Source: the three levels of analysis and those above (MISSION S19–S28), the monthly meeting with the support services
(S63), leaders' quarterly meeting (S77), dialogue meetings each spring (S102), meetings without pupils (S103) and the
formal talk on one screen (S78).
"""

from __future__ import annotations

from typing import Any

from ..models import Rung


def _names(sv: str, en: str, nb: str, da: str) -> dict[str, str]:
    return {"sv": sv, "en": en, "nb": nb, "da": da}


SEEN = _names(
    "Vad ser vi i färgkartan?",
    "What do we see in the colour map?",
    "Hva ser vi i fargekartet?",
    "Hvad ser vi i farvekortet?",
)
WHY_OURS = _names(
    "Vad i vår undervisning kan ligga bakom?",
    "What in our teaching can be behind it?",
    "Hva i undervisningen vår kan ligge bak?",
    "Hvad i vores undervisning kan ligge bag?",
)
CHANGE = _names("Vad ändrar vi?", "What do we change?", "Hva endrer vi?", "Hvad ændrer vi?")
STUCK = _names(
    "Vad kan vi inte lösa själva?",
    "What can we not solve ourselves?",
    "Hva kan vi ikke løse selv?",
    "Hvad kan vi ikke løse selv?",
)
WORKED = _names(
    "Vad har fungerat, och hur vet vi det?",
    "What has worked, and how do we know?",
    "Hva har virket, og hvordan vet vi det?",
    "Hvad har virket, og hvordan ved vi det?",
)
STAFF = _names(
    "Behöver personal, tid eller organisation fördelas annorlunda?",
    "Must staff, time or organisation be divided in another way?",
    "Må personale, tid eller organisering fordeles annerledes?",
    "Skal personale, tid eller organisering fordeles anderledes?",
)
EARLIER = _names(
    "Vad kom ut av det vi bestämde förra gången?",
    "What came of what we decided last time?",
    "Hva kom ut av det vi bestemte forrige gang?",
    "Hvad kom der ud af det, vi besluttede sidst?",
)
DIFFERENCE = _names(
    "Vilken skillnad har våra beslut gjort för barnen?",
    "What difference have our decisions made for the children?",
    "Hvilken forskjell har vedtakene våre gjort for barna?",
    "Hvilken forskel har vores beslutninger gjort for børnene?",
)
GOES_WELL = _names("Vad går bra?", "What goes well?", "Hva går bra?", "Hvad går godt?")
WORRIES = _names(
    "Vad är svårt just nu?", "What is difficult at present?", "Hva er vanskelig nå?", "Hvad er svært lige nu?"
)
WISHES = _names("Vad skulle hjälpa?", "What would help?", "Hva ville hjelpe?", "Hvad ville hjælpe?")

# Fields of MeetingKind, with the names and the questions of its first version; queue: the place in questions/usual.py.
KINDS: list[dict[str, Any]] = [
    {
        "names": _names("Min analys", "My analysis", "Min analyse", "Min analyse"),
        "rung": Rung.TEACHER,
        "names_pupils": True,
        "asks": [SEEN, WHY_OURS, CHANGE],
    },
    {
        "names": _names("Arbetslagets analys", "The team's analysis", "Teamets analyse", "Teamets analyse"),
        "rung": Rung.TEAM,
        "names_pupils": True,
        "asks": [SEEN, WORKED, WHY_OURS, CHANGE, STUCK],
    },
    {
        "names": _names(
            "Ledningens analys med elevhälsan",
            "The leadership's analysis with the pupil-health team",
            "Ledelsens analyse med ressursteamet",
            "Ledelsens analyse med ressourceteamet",
        ),
        "rung": Rung.SCHOOL,
        "names_pupils": True,
        "asks": [SEEN, EARLIER, STAFF, CHANGE, STUCK],
    },
    {
        "names": _names(
            "Möte med stödfunktionerna",
            "Meeting with the support services",
            "Møte med støttetjenestene",
            "Møde med støttefunktionerne",
        ),
        "rung": Rung.SCHOOL,
        "names_pupils": True,
        "asks_family": True,
        "queue": 4,
        "asks": [EARLIER, CHANGE, STUCK],
    },
    {
        "names": _names("Professionsmöte", "Professional meeting", "Profesjonsmøte", "Professionsmøde"),
        "rung": Rung.SCHOOL,
        "asks": [WORKED, CHANGE, STUCK],
    },
    {
        "names": _names("Områdets analys", "The area's analysis", "Områdets analyse", "Områdets analyse"),
        "rung": Rung.AREA,
        "asks": [SEEN, EARLIER, STAFF, CHANGE, STUCK],
    },
    {
        "names": _names(
            "Förvaltningens analys",
            "The administration's analysis",
            "Forvaltningens analyse",
            "Forvaltningens analyse",
        ),
        "rung": Rung.ADMINISTRATION,
        "asks": [SEEN, EARLIER, STAFF, CHANGE, STUCK],
    },
    {
        "names": _names("Dialogmöte", "Dialogue meeting", "Dialogmøte", "Dialogmøde"),
        "rung": Rung.ADMINISTRATION,
        "asks": [WORKED, STUCK, CHANGE],
    },
    {
        "names": _names("Nämndens analys", "The board's analysis", "Utvalgets analyse", "Udvalgets analyse"),
        "rung": Rung.BOARD,
        "asks": [SEEN, DIFFERENCE, CHANGE],
    },
    {
        "names": _names("Samtal", "Talk", "Samtale", "Samtale"),
        "rung": Rung.SCHOOL,
        "names_pupils": True,
        "asks_family": True,
        "is_talk": True,
        "asks": [GOES_WELL, WORRIES, WISHES],
    },
]
