"""What the names of classes tell."""

import re
import unicodedata

_MOST_YEAR_GROUPS = 10
_YEAR_WORD = re.compile(r"(?:årskurs|årstrinn|åk|klasse|klass|trinn|class|year)\b\.?\s*")
# F, FA, F-klass, F blå, förskoleklassen, bh.kl.; not Falken, and not F1, which may mean F alone or F and 1.
_PRESCHOOL_CLASS = re.compile(
    r"f[a-h]?|f[ ._-]+[^\d]+|(?:fkl|fklass|förskoleklass|børnehaveklasse|bh\.?[ ]?kl)[^\d]*"
)
_FIRST_YEAR = re.compile(r"f(?=\s*[-/+&])|[0-9]{1,2}(?![0-9])")
# What may stand between the years of a mixed class: F-3, 4/5, 4a+5a, 4 och 5.
_SECOND_YEAR = re.compile(r"\s?[a-zåäöæø]?\s*(?P<sign>[-/+&,\s]|och|og)\s*(?P<year>[0-9]{1,2})(?![0-9])")
_DASHES = re.compile("[\N{HYPHEN}-\N{HORIZONTAL BAR}\N{MINUS SIGN}]")


def year_group_of_class(name: str) -> int | None:
    """The year group that the name of a class tells: 4 of "4A", 9 of "9c", 0 of "F-klass", "0B" and "FA".

    None for a mixed class ("F-3", "4/5A") and for a name that does not say it ("Björnen"): a person has to.
    """
    text = _DASHES.sub("-", unicodedata.normalize("NFKC", name)).lower().strip()
    text = _YEAR_WORD.sub("", text, count=1) if _YEAR_WORD.match(text) else text
    if _PRESCHOOL_CLASS.fullmatch(text):
        return 0
    first = _FIRST_YEAR.match(text)
    if first is None:
        return None
    year_group = 0 if first[0] == "f" else int(first[0])
    if year_group > _MOST_YEAR_GROUPS or _is_mixed(year_group, text[first.end() :]):
        return None
    return year_group


def _is_mixed(year_group: int, rest: str) -> bool:
    """Whether another year follows. 7-1 is the first of several classes in year 7, since 1 comes before 7."""
    second = _SECOND_YEAR.match(rest)
    if second is None or int(second["year"]) == year_group:
        return False
    return int(second["year"]) > year_group or second["sign"] != "-"
