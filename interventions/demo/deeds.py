"""What the adults of the invented municipalities do differently, and why: texts in the language of the municipality."""

from __future__ import annotations

from colourmaps.models import IndicatorArea

# Title and aim: first of what is done for a class, then of what is done for a few pupils.
Deeds = dict[IndicatorArea, tuple[tuple[str, str], tuple[str, str]]]

SWEDISH: Deeds = {
    IndicatorArea.LANGUAGE: (
        ("Läsning i grupp fyra gånger i veckan", "Alla i klassen läser med flyt och förstår vad de läser."),
        ("Intensivläsning 20 minuter om dagen", "Eleverna når minst godkänt vid nästa mättillfälle."),
    ),
    IndicatorArea.MATHEMATICS: (
        ("Två lärare på mattelektionerna", "Fler i klassen når gränsen för goda resultat."),
        ("Intensivmatte tre pass i veckan", "Eleverna räknar säkert inom sitt talområde."),
    ),
    IndicatorArea.OTHER_SUBJECTS: (
        ("Gemensam planering av ämnet i arbetslaget", "Undervisningen blir tydligare och fler når godkänt."),
        ("Extra genomgångar före lektionen", "Eleverna kommer i kapp i ämnet."),
    ),
    IndicatorArea.HEALTH: (
        ("Rörelsepass varje morgon", "Fler i klassen mår bra och orkar hela dagen."),
        ("Samtal med skolsköterska och kurator", "Eleverna sover och mår bättre."),
    ),
    IndicatorArea.ATTENDANCE: (
        ("Mentorssamtal om närvaro varje fredag", "Frånvaron i klassen halveras till nästa mättillfälle."),
        ("Närvaroteam och uppföljning med hemmet", "Eleverna är i skolan varje dag."),
    ),
    IndicatorArea.LEARNING_ENVIRONMENT: (
        ("Fler vuxna ute på rasterna", "Alla i klassen känner sig trygga hela skoldagen."),
        ("Lärmiljön anpassas efter kartläggning", "Eleverna får arbetsro och vet vad de ska göra."),
    ),
}
NORWEGIAN: Deeds = {
    IndicatorArea.LANGUAGE: (
        ("Lesing i grupper fire ganger i uken", "Alle i klassen leser med flyt og forstår det de leser."),
        ("Intensiv lesing 20 minutter om dagen", "Elevene når minst gult ved neste måletidspunkt."),
    ),
    IndicatorArea.MATHEMATICS: (
        ("To lærere i mattetimene", "Flere i klassen når grensen for gode resultater."),
        ("Intensiv matte tre økter i uken", "Elevene regner sikkert innenfor sitt tallområde."),
    ),
    IndicatorArea.OTHER_SUBJECTS: (
        ("Felles planlegging av faget på trinnet", "Undervisningen blir tydeligere og flere består."),
        ("Ekstra gjennomganger før timen", "Elevene kommer à jour i faget."),
    ),
    IndicatorArea.HEALTH: (
        ("Bevegelse hver morgen", "Flere i klassen har det bra og orker hele dagen."),
        ("Samtaler med helsesykepleier", "Elevene sover og har det bedre."),
    ),
    IndicatorArea.ATTENDANCE: (
        (
            "Kontaktlæreren snakker om fravær hver fredag",
            "Fraværet i klassen halveres til neste måletidspunkt.",
        ),
        ("Nærværsteam og oppfølging med hjemmet", "Elevene er på skolen hver dag."),
    ),
    IndicatorArea.LEARNING_ENVIRONMENT: (
        ("Flere voksne ute i friminuttene", "Alle i klassen føler seg trygge hele skoledagen."),
        ("Læringsmiljøet tilpasses etter kartlegging", "Elevene får arbeidsro og vet hva de skal gjøre."),
    ),
}


def deeds_of(country: str) -> Deeds:
    return NORWEGIAN if country == "NO" else SWEDISH
