"""Words by which headers and rows of result files are recognised, in the four languages, as header_key()
writes them.

They only propose: a person sees the proposal and its reason before anything is read.
"""

from __future__ import annotations

from collections.abc import Mapping

from colourmaps.importing.mapping import Meaning


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split("|"))


_WORDS: Mapping[Meaning, str] = {
    Meaning.IDENTITY: (
        "personnummer|personnr|person nr|pnr|person-nr|personnummer (12 siffror)|samordningsnummer"
        "|identitetsnummer"
        "|fødselsnummer|fødselsnr|fnr|cpr|cpr-nummer|cpr-nr|cpr nr|cpr.nr|personal number"
        "|identity number|national id"
    ),
    Meaning.PUPIL_ID: (
        "elev-id|elevid|elev id|elevnummer|elevnr|elev nr|elev-nr|elevkod|id|löpnummer|löpnr|lop-nr"
        "|uni-login|unilogin"
        "|pupil id|pupilid|pupilnr|pupil number|pupil no|student id|studentid|student_id"
        "|student number|sourcedid"
    ),
    Meaning.FAMILY_NAME: (
        "efternamn|efternavn|etternavn|familjenamn|slektsnavn|family name|last name|lastname"
        "|surname|familyname"
    ),
    Meaning.GIVEN_NAME: (
        "förnamn|tilltalsnamn|fornavn|for- og mellomnavn|first name|firstname|given name|givenname"
    ),
    Meaning.FULL_NAME: (
        "namn|elevnamn|elev|elevens namn|navn|elevnavn|elevens navn|name|full name|pupil|pupil name"
        "|student|student name"
    ),
    Meaning.SCHOOL_CLASS: (
        "klass|klassbeteckning|klassnamn|grupp|undervisningsgrupp|klasse|klassenavn|basisgruppe|gruppe"
        "|class|class name|classnr|class number|school class|form|group"
    ),
    Meaning.SCHOOL: (
        "skola|skolenhet|skolenhetskod|skolans namn|enhet|skole|skolenavn|skolekode|institution"
        "|institutionsnummer"
        "|school|school name|schoolnr|school number|school code|school unit"
    ),
    Meaning.SEX: "kön|juridiskt kön|kjønn|køn|sex|gender",
    Meaning.YEAR_GROUP: (
        "årskurs|åk|skolår|årgång|årstrinn|trinn|klassetrin|klassetrinn|årgang|year group|year"
        "|grade level|grade"
    ),
}

MEANING_BY_WORD: Mapping[str, Meaning] = {
    word: meaning for meaning, words in _WORDS.items() for word in words.split("|")
}
PUPIL_WORDS = frozenset(MEANING_BY_WORD)

VAGUE_WORDS = _words(
    "id|elev|pupil|student|grupp|gruppe|group|form|enhet|institution|year|grade|name|namn|navn"
)
"""Words that headers of other columns use as well."""

REMARK_WORDS = _words(
    "övrigt|kommentar|kommentarer|anmärkning|anteckning|anteckningar|notering|noteringar|obs"
    "|merknad|merknader"
    "|bemærkning|bemærkninger|remark|remarks|comment|comments|note|notes"
)

TOTAL_WORDS = _words(
    "medel|medelvärde|medeltal|medelv|snitt|genomsnitt|summa|totalt|total|totalsumma|antal"
    "|antal elever|median"
    "|standardavvikelse|min|max|andel|gjennomsnitt|middelverdi|sum|antall|antall elever|totalt antall"
    "|gennemsnit|i alt|middelværdi|mean|average|totals|grand total|count|std|standard deviation"
)

GIRL_WORDS = _words("flicka|f|k|kvinna|kvinnligt|jente|j|kvinne|pige|kvinde|girl|female|w|woman")
BOY_WORDS = _words("pojke|m|man|manligt|gutt|g|mann|dreng|d|mand|boy|male")

PRESCHOOL_CLASS_WORDS = _words("f|fk|f-klass|fklass|förskoleklass|förskoleklassen|bh.kl|børnehaveklasse")
