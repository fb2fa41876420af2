"""2,287 real Dutch pupils of 131 schools, tested at the start and the end of a year; docs/examples/ has the workbook.

Source: Snijders, T. and Bosker, R. (1999), Multilevel Analysis; published with the R package mlmRev as `bdf`.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
from python_calamine import CalamineWorkbook

from .invented_effects import Pupils

WORKBOOK = Path(__file__).resolve().parents[1] / "docs" / "examples" / "dutch_schools_pre_post.xlsx"
# Of each subject: the columns of the test at the start and at the end of the year.
SUBJECTS = {"language": ("langPRET", "langPOST"), "arithmetic": ("aritPRET", "aritPOST")}


@lru_cache
def dutch_pupils(subject: str) -> Pupils:
    """In points. Most schools have one class; a class is a class of a school. What they are able to is not known."""
    head, *rows = CalamineWorkbook.from_path(str(WORKBOOK)).get_sheet_by_index(0).to_python()
    column = {name: np.array([row[n] for row in rows]) for n, name in enumerate(head)}
    start, follow_up = (column[name].astype(float) for name in SUBJECTS[subject])
    classes = np.column_stack([column["schoolNR"], column["classNR"]]).astype(str)
    school_class = np.unique(classes, axis=0, return_inverse=True)[1].reshape(-1)
    return Pupils(start, start, follow_up, school_class)


def in_common(pupils: Pupils) -> float:
    """Of what the start value does not explain of the follow-up, the share that classmates have in common.

    The mean product of the residuals of any two of them, by the variance of the residuals.
    """
    residual = pupils.without - np.polyval(np.polyfit(pupils.start, pupils.without, 1), pupils.start)
    sizes, sums = np.bincount(pupils.school_class), np.bincount(pupils.school_class, residual)
    products = np.sum(sums**2) - np.sum(residual**2)
    return float(products / np.sum(sizes * (sizes - 1)) / residual.var())
