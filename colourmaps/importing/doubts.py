"""Why a row cannot be matched with a pupil, in words; and what a person is asked where the choice is open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy

from .messages import Level, define
from .register import KnownPupil

if TYPE_CHECKING:
    from .match import NewPupil

NOT_AN_IDENTITY = define(
    "match.not_an_identity",
    Level.ERROR,
    gettext_lazy("“%(number)s” is not an identity number. %(reason)s"),
)
DOUBTFUL_IDENTITY = define(
    "match.doubtful_identity",
    Level.ERROR,
    gettext_lazy(
        "No pupil has the identity number “%(number)s”, and it may be misspelt: %(reason)s Check the number."
    ),
)
NUMBER_IN_DOUBT = define(
    "match.number_in_doubt",
    Level.ERROR,
    gettext_lazy(
        "No pupil has the identity number “%(number)s”, and it may be misspelt: %(reason)s Decide in the preview whom "
        "the row is about, or correct the number."
    ),
)
KEYS_OF_TWO = define(
    "match.keys_of_two",
    Level.ERROR,
    gettext_lazy(
        "The identity number in the column “%(identity_column)s” and the id “%(own_id)s” in the column "
        "“%(id_column)s” belong to two different pupils in the register. Decide in the preview which of them is "
        "meant, or correct the one that is wrong."
    ),
)
OTHER_IDENTITY = define(
    "match.other_identity",
    Level.ERROR,
    gettext_lazy(
        "The register has another identity number for the pupil with the id “%(own_id)s” in the column "
        "“%(id_column)s” than the one in the column “%(identity_column)s”. Decide in the preview whether that pupil is "
        "meant, or correct the one that is wrong."
    ),
)
NAME_OF_ANOTHER = define(
    "match.name_of_another",
    Level.ERROR,
    gettext_lazy(
        "The number or id in the row belongs to one pupil in the register, and the name “%(who)s” to another. Decide "
        "in the preview which of them is meant, or correct the row."
    ),
)
OTHER_NAME = define(
    "match.other_name",
    Level.ERROR,
    gettext_lazy(
        "The number or id in the row belongs to a pupil in the register whose name has nothing in common with "
        "“%(who)s”. Decide in the preview whether that pupil is meant, or correct the row."
    ),
)
UNKNOWN_PUPIL = define(
    "match.unknown_pupil",
    Level.ERROR,
    gettext_lazy("No pupil “%(who)s” is in the register. Correct the row, or let the import add new pupils."),
)
UNKNOWN_SCHOOL = define(
    "match.unknown_school",
    Level.ERROR,
    gettext_lazy(
        "Neither the pupil “%(who)s” nor the school “%(school)s” is in the register. Correct the row, or let the "
        "import add new pupils, classes and schools."
    ),
)
UNKNOWN_CLASS = define(
    "match.unknown_class",
    Level.ERROR,
    gettext_lazy(
        "Neither the pupil “%(who)s” nor the class “%(school_class)s” is in the register. Correct the row, or let the "
        "import add new pupils and classes."
    ),
)
CLOSED_SCHOOL = define(
    "match.closed_school",
    Level.ERROR,
    gettext_lazy(
        "The new pupil “%(who)s” cannot be added to the school “%(school)s”, which was closed on %(day)s. Give the "
        "school where the pupil is now."
    ),
)
CLOSED_CLASS = define(
    "match.closed_class",
    Level.ERROR,
    gettext_lazy(
        "The new pupil “%(who)s” cannot be added to the class “%(school_class)s”, which was closed on %(day)s. Give "
        "the class where the pupil is now."
    ),
)
SEVERAL_PUPILS = define(
    "match.several_pupils",
    Level.ERROR,
    gettext_lazy(
        "The row can be about any of %(n)d pupils called “%(who)s”. Decide in the preview which of them, or give the "
        "identity number, or the school and the class."
    ),
)
NAME_ALONE = define(
    "match.name_alone",
    Level.ERROR,
    gettext_lazy(
        "The name “%(who)s” alone does not say which pupil it is. Decide in the preview, or give the class, the school "
        "or the identity number."
    ),
)
NAMESAKE = define(
    "match.namesake",
    Level.ERROR,
    gettext_lazy(
        "The register has a pupil called “%(who)s” already, who may be the same one but cannot be told by this "
        "row. Decide in the preview, so that nobody is added twice."
    ),
)
MAY_BE_KNOWN = define(
    "match.may_be_known",
    Level.ERROR,
    gettext_lazy(
        "The register has no pupil “%(who)s” as the row says it, but somebody who may be meant. Decide in the preview "
        "whom the row is about, or correct the row."
    ),
)
DECIDED_ELSEWHERE = define(
    "match.decided_elsewhere",
    Level.ERROR,
    gettext_lazy(
        "Which pupil this row is about cannot be decided here. Somebody with access to the pupil has to record the "
        "result; or give the identity number or the municipality's own id."
    ),
)
LEFT_OUT = define(
    "match.left_out",
    Level.ERROR,
    gettext_lazy("The row about “%(who)s” is left out, as has been decided in the preview."),
)
NO_CLASS = define(
    "match.no_class",
    Level.ERROR,
    gettext_lazy(
        "The new pupil “%(who)s” has no class and school in the file, so it is not known where to add them."
    ),
)
NO_YEAR_GROUP = define(
    "match.no_year_group",
    Level.ERROR,
    gettext_lazy(
        "The name of the class “%(school_class)s” does not say the year group. Add a column with the year group, "
        "or say it for the whole file."
    ),
)

# Kinds of which letting the import add new pupils is the way out.
UNKNOWN = (UNKNOWN_PUPIL, UNKNOWN_SCHOOL, UNKNOWN_CLASS)


@dataclass(frozen=True)
class Doubt:
    """What a person is asked about a row, or has been: whom of the candidates it is about, or a new pupil, or nobody.

    new: the pupil whom the row would add; None where that cannot be. key: of the row (decisions.row_keys).
    answer: what has been answered, "" if nothing that still can be. No candidate has a protected identity.
    """

    candidates: tuple[KnownPupil, ...]
    new: NewPupil | None = None
    key: str = ""
    answer: str = ""
