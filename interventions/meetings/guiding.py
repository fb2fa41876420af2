"""Guiding questions as they are written down: one a line, in one language or several. Pure.

A question is {"sv": …, "en": …}. In a second language a line with only a dash stands for a question that is not
translated, so that line and question keep together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

Texts = Mapping[str, str]
MOST_QUESTIONS, LONGEST_QUESTION = 12, 200
NOT_TRANSLATED = "-"


def check_texts(texts: Sequence[Texts], language: str) -> None:
    """Raises ValidationError with a sentence that says which question is wrong, and how."""
    if not texts:
        raise ValidationError(_("Write at least one question."))
    if len(texts) > MOST_QUESTIONS:
        raise ValidationError(
            _("These are %(n)s questions. A meeting answers at most %(most)s.")
            % {"n": len(texts), "most": MOST_QUESTIONS}
        )
    for n, text in enumerate(texts, start=1):
        if not text.get(language, "").strip():
            raise ValidationError(_("Question %(n)s is not there in the municipality's language.") % {"n": n})
        for words in text.values():
            if len(words) > LONGEST_QUESTION:
                raise ValidationError(
                    _("Question %(n)s has %(letters)s letters. At most %(most)s are read at a meeting.")
                    % {"n": n, "letters": len(words), "most": LONGEST_QUESTION}
                )


def lines_of(text: str) -> list[str]:
    """What is written, line by line, without empty lines and blanks around."""
    return [line for line in (" ".join(each.split()) for each in text.splitlines()) if line]


def texts_of(lines: Mapping[str, Sequence[str]], language: str) -> list[dict[str, str]]:
    """The questions of lines by language. Raises ValidationError by language, where the numbers of lines differ."""
    own = lines[language]
    for other, written in lines.items():
        if written and len(written) != len(own):
            raise ValidationError(
                {
                    other: ngettext(
                        "There is %(n)s line here, but %(own)s questions in the municipality's language. "
                        "Write a dash for a question that is not translated.",
                        "There are %(n)s lines here, but %(own)s questions in the municipality's language. "
                        "Write a dash for a question that is not translated.",
                        len(written),
                    )
                    % {"n": len(written), "own": len(own)}
                }
            )
    order = [language, *(other for other in lines if other != language)]
    return [
        {
            each: lines[each][n]
            for each in order
            if lines[each] and (each == language or lines[each][n] != NOT_TRANSLATED)
        }
        for n in range(len(own))
    ]


def as_lines(texts: Sequence[Texts], language: str) -> str:
    """The questions in a language as they are written in a form; nothing, if none is."""
    if not any(text.get(language) for text in texts):
        return ""
    return "\n".join(text.get(language) or NOT_TRANSLATED for text in texts)
