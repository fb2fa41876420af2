"""What the adults of the invented municipality ask, and what is in the way: in the language of the municipality."""

from __future__ import annotations

from dataclasses import dataclass, field

from colourmaps.models import IndicatorArea
from interventions.models import Rung, Whose

STAFF, ECONOMY, IT, TEACHING, PREMISES, FAMILIES = range(6)
MATHEMATICS, LANGUAGE, HEALTH, CULTURE, CHILD_AND_PARENT = range(5)


@dataclass(frozen=True)
class Step:
    """days: after the one before. to: a rung, or the place of a support function among the usual ones.

    is_taken: somebody there takes it. recipient: of an application outside the municipality, from where it stands.
    """

    days: int
    to: Rung | int
    why: str
    is_taken: bool = False
    recipient: str = ""


@dataclass(frozen=True)
class Asked:
    """A question. by: on which rung it is asked; school: of the plan, 0 is the one whose people sign in.

    above: as it is read above the school, if it has left it. red: from a red cell of the class on an
    indicator of that area; the text can name its pupil.
    """

    text: str
    days_ago: int
    by: Rung = Rung.TEACHER
    school: int = 0
    to: Rung | int = Rung.TEAM
    whose: Whose = Whose.OTHERS
    area: int | None = None
    above: str = ""
    steps: tuple[Step, ...] = field(default_factory=tuple)
    answer: str = ""
    is_read: bool = False
    red: IndicatorArea | None = None


TO_AREA = "Det här kan skolan inte lösa själv."
SWEDISH = [
    Asked(
        "{pupil} och flera i klassen fastnar i uppställd subtraktion trots två terminers träning. Vad gör vi nu?",
        23,
        to=MATHEMATICS,
        above="Flera elever i årskurs 6 fastnar i uppställd subtraktion trots två terminers träning. Vad ska vi göra "
        "annorlunda?",
        area=TEACHING,
        answer="Gå tillbaka till talraden och tiokompisar i två veckor, och mät igen. Vi kommer gärna och tittar på "
        "en lektion: föreslå en tid.",
        red=IndicatorArea.MATHEMATICS,
    ),
    Asked(
        "Eleven vill inte läsa högt inför gruppen. Hur gör ni andra?",
        4,
        area=TEACHING,
        red=IndicatorArea.LANGUAGE,
    ),
    Asked("Läsgrupperna krockar med slöjden varje tisdag.", 33, to=Rung.SCHOOL, area=STAFF),
    Asked(
        "Kuratorn är här en dag i veckan. Tre elever väntar på samtal sedan i augusti.",
        84,
        to=Rung.SCHOOL,
        area=STAFF,
        above="Kuratorn är på skolan en dag i veckan, och elever väntar på samtal sedan i augusti.",
        steps=(Step(12, Rung.AREA, "Tjänsten delas av tre skolor i området."),),
    ),
    Asked(
        "Fukt i två klassrum. Eleverna flyttas runt, och lektionerna börjar sent.",
        131,
        by=Rung.SCHOOL,
        to=Rung.AREA,
        area=PREMISES,
        above="Fukt i två klassrum. Eleverna flyttas runt, och lektionerna börjar sent.",
        steps=(
            Step(9, Rung.ADMINISTRATION, "Lokalerna hyrs av fastighetskontoret."),
            Step(30, Rung.BOARD, "Kräver ett beslut om pengar."),
        ),
    ),
    Asked(
        "En elev behöver stöd av specialister på synnedsättning som kommunen inte har.",
        47,
        by=Rung.SCHOOL,
        to=HEALTH,
        area=STAFF,
        above="En elev behöver stöd av specialister på synnedsättning som kommunen inte har.",
        steps=(
            Step(
                8,
                HEALTH,
                "Kommunen saknar kunskapen, myndigheten har rådgivare.",
                recipient="Specialpedagogiska skolmyndigheten",
            ),
        ),
    ),
    Asked("Elevdatorerna laddas inte under natten. Skåpen saknar uttag.", 71, to=Rung.SCHOOL, area=IT),
    Asked(
        "Vi hinner inte rätta läsproven i samma vecka som de görs.",
        12,
        by=Rung.TEAM,
        whose=Whose.OURS,
        to=Rung.TEAM,
    ),
    Asked(
        "Ska nationella prov föras in som egna värden, eller räcker betyget?",
        16,
        by=Rung.TEAM,
        to=Rung.SCHOOL,
        area=TEACHING,
        answer="För in provens resultat. Betyget kommer av sig självt i juni.",
        is_read=True,
    ),
    Asked(
        "Vikarierna får inga konton första veckan och kan inte fylla i kartan.",
        63,
        by=Rung.SCHOOL,
        to=Rung.AREA,
        area=IT,
        above="Vikarierna får inga konton första veckan och kan inte fylla i kartan.",
        steps=(Step(6, Rung.ADMINISTRATION, TO_AREA, is_taken=True),),
    ),
    Asked("Två föräldrar undrar varför trivseln mäts. Vad svarar vi?", 9, to=Rung.SCHOOL, area=FAMILIES),
    Asked(
        "Modersmålsläraren i arabiska slutar vid jul.",
        20,
        by=Rung.SCHOOL,
        to=LANGUAGE,
        area=STAFF,
        above="Modersmålsläraren i arabiska slutar vid jul.",
    ),
    Asked("Bussen från Norrviken kommer tio minuter efter att vi börjar.", 95, to=Rung.SCHOOL, area=PREMISES),
    Asked("Det regnar för mycket för att ha idrott ute i november.", 8, whose=Whose.NOBODYS, to=Rung.TEACHER),
]
OF_OTHER_SCHOOLS = [
    Asked(
        "Speciallärarens halva tjänst räcker till fem av nio grupper.",
        102,
        by=Rung.SCHOOL,
        school=1,
        to=Rung.AREA,
        area=ECONOMY,
        above="Speciallärarens halva tjänst räcker till fem av nio grupper.",
    ),
    Asked(
        "Vi vill pröva två lärare i matematik i årskurs 4. Kan resurserna flyttas redan i vår?",
        29,
        by=Rung.SCHOOL,
        school=1,
        to=Rung.AREA,
        area=ECONOMY,
        above="Vi vill pröva två lärare i matematik i årskurs 4. Kan resurserna flyttas redan i vår?",
        answer="Ja, från vecka 4. Skriv insatsen med utgångsläge, så följer vi upp i maj.",
        is_read=True,
    ),
    Asked("Elevhälsans samtalsrum är bokat av fritids.", 38, to=Rung.SCHOOL, school=1, area=PREMISES),
    Asked("Läromedlet i engelska går inte att få uppläst.", 66, to=Rung.SCHOOL, school=1, area=TEACHING),
    Asked(
        "Hur når vi familjer som inte läser veckobrevet?",
        14,
        by=Rung.SCHOOL,
        school=1,
        to=CHILD_AND_PARENT,
        area=FAMILIES,
        above="Hur når vi familjer som inte läser veckobrevet?",
    ),
    Asked(
        "Frånvaron i årskurs 8 syns först efter tre veckor i systemet.",
        77,
        by=Rung.SCHOOL,
        school=2,
        to=Rung.AREA,
        area=IT,
        above="Frånvaron i årskurs 8 syns först efter tre veckor i systemet.",
        steps=(Step(5, Rung.ADMINISTRATION, TO_AREA),),
    ),
    Asked("Matsalen är för högljudd för de yngsta.", 25, to=Rung.SCHOOL, school=2, area=PREMISES),
    Asked(
        "Finns det någon som kan hjälpa oss med drama i språkundervisningen?",
        18,
        by=Rung.SCHOOL,
        school=2,
        to=CULTURE,
        above="Finns det någon som kan hjälpa oss med drama i språkundervisningen?",
        answer="Ja, kulturskolan har två pedagoger med tid i februari.",
    ),
    Asked(
        "Planeringstiden för arbetslaget krockar med fritids möten.",
        57,
        by=Rung.TEAM,
        to=Rung.SCHOOL,
        school=2,
    ),
    Asked(
        "Skolsköterskan hinner inte med hälsobesöken i årskurs 4.",
        88,
        by=Rung.SCHOOL,
        school=2,
        to=Rung.AREA,
        area=STAFF,
        above="Skolsköterskan hinner inte med hälsobesöken i årskurs 4.",
        steps=(Step(10, Rung.SCHOOL, "Området har tagit in en till på halvtid. Räcker det?"),),
    ),
    Asked("Två klasser delar på samma grupprum.", 6, to=Rung.SCHOOL, school=2, area=PREMISES),
]
