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
        "|identitetsnummer|elevens personnummer|p-nr|personnr.|personnummer/tf-nummer"
        "|fødselsnummer|fødselsnr|fnr|elevens cpr-nummer|cpr|cpr-nummer|cpr-nr|cpr nr|cpr.nr|personal number"
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
        "|elevens klass|klass/grupp|mentorsgrupp|kontaktgrupp|stamklasse|klasse/gruppe"
        "|class|class name|classnr|class number|school class|form|group"
    ),
    Meaning.SCHOOL: (
        "skola|skolenhet|skolenhetskod|skolans namn|enhet|skole|skolenavn|skolekode|institution"
        "|institutionsnummer|institutionsnavn|skolnamn|skolenhetsnamn|skol-enhetskod|enhetsnavn|afdeling|afdelingsnavn"
        "|school|school name|schoolnr|school number|school code|school unit|school unit code"
    ),
    Meaning.PROTECTION: (
        "skyddad identitet|skyddad|skyddade personuppgifter|sekretessmarkering|sekretessmarkerad|sekretess"
        "|skyddad folkbokföring|spu|adressesperre|gradering|adressegradering|sperret adresse"
        "|adressebeskyttelse|navne- og adressebeskyttelse|beskyttet adresse"
        "|security marking|protected identity|confidentiality marking"
    ),
    Meaning.SEX: "kön|juridiskt kön|kjønn|køn|sex|gender",
    Meaning.YEAR_GROUP: (
        "årskurs|åk|skolår|årgång|årstrinn|trinn|klassetrin|klassetrinn|årgang|year group|year"
        "|grade level|grade"
    ),
    Meaning.MEASURED_ON: (
        "datum|provdatum|testdatum|mätdatum|mätdag|datum för provet|dato|prøvedato|testdato|måledato|date|test date"
        "|date of test|measured on|assessment date"
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

PLACE_WORDS = _words(
    "skola|skolan|skole|skolen|school|kommun|kommune|municipality|län|fylke|region|friskola|friskole|gymnasium"
)
"""Words in the names of schools and places, by which they are told from names of persons."""

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
    "|hovedtotal|totalsum|sluttsum|slutsum|riket|hela riket|landet|hela landet|hele landet|nationellt|nasjonalt"
    "|hela kommunen|hele kommunen"
    "|kommunen totalt|alla skolor|alle skoler|all schools|samtliga skolor"
)

# Words for totals by which children are called as well.
NAMES_TOO = frozenset({"max", "min"})

TOTAL_BEGINNINGS = (
    "summa ",
    "totalt ",
    "total ",
    "medelvärde ",
    "genomsnitt ",
    "gjennomsnitt ",
    "gennemsnit ",
    "i alt ",
    "medel ",
    "snitt ",
    "average ",
    "mean ",
)

UNIT_WORDS = _words(
    "%|procent|prosent|percent|pct|poäng|poeng|point|points|p|antal|antall|st|stk|stycken|kr|sek|nok|dkk|tkr|kronor"
    "|min|minuter|minutter|minutes|ord/min|ord/minut|stanine|betyg|karakter|andel|skala|år|personer|number|count|n"
    "|timmar|timer|hours|dagar|dager|dage|days"
)

WITHHELD_WORDS = _words("..|.|…|...|-|--|–|—|x|*|**|:|n/a|na|#n/a|null|nan|i.u.|iu|saknas|mangler")
"""Cells that hold nothing: withheld by whoever made the statistics, or put there by a program."""

# The columns of a table with a row per result.
INDICATOR_NAME_WORDS = _words(
    "prov|test|ämne|indikator|nyckeltal|delprov|deltest|provnamn|testnamn|prov/test|kunskapsområde|mått|screening"
    "|prøve|prøvenavn|fag|delprøve|indikator/delskår|indikatornavn|fagnavn|ferdighet|profilområde"
    "|subject|indicator|test name|assessment|assessment name|measure|skill|subtest|exam"
)
VALUE_WORDS = _words(
    "resultat|värde|poäng|betyg|utfall|provresultat|provbetyg|råpoäng|stanine|omdöme"
    "|verdi|poeng|karakter|skår|skåre|mestringsnivå|værdi|point|resultater|indhold"
    "|score|result|value|mark|grade|points|scale score"
)
ROUND_NAME_WORDS = _words(
    "mättillfälle|mätning|termin|omgång|provomgång|tidpunkt|tillfälle|period|läsår"
    "|måletidspunkt|måling|periode|halvår|skoleår|prøveperiode|gennemførelse"
    "|measurement round|round|term|wave|occasion|semester|school year"
)

# SS 12000 and the registers of the three countries. What is neither of these is taken as a mark: better one too many.
UNPROTECTED_WORDS = _words("nej|ingen|inget|none|no|0|false|falskt|n|-|–|ugradert|åpen|ikke|nei")
PROTECTED_WORDS = _words(
    "skyddad folkbokföring|skyddadfolkbokföring|protected|kvarskrivning|strengt fortrolig|fortrolig|beskyttet"
)
GIRL_WORDS = _words("flicka|f|k|kvinna|kvinnligt|jente|j|kvinne|pige|kvinde|girl|female|w|woman")
BOY_WORDS = _words("pojke|m|man|manligt|gutt|g|mann|dreng|d|mand|boy|male")

PRESCHOOL_CLASS_WORDS = _words("f|fk|f-klass|fklass|förskoleklass|förskoleklassen|bh.kl|børnehaveklasse")
