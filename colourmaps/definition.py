"""What an indicator is, as one thing: on its way from a form, a starter set or the demo to the table. No queries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .models import Direction, Indicator, SecrecyArea
from .scales import Scale


@dataclass(frozen=True)
class Definition:
    """An indicator's definition.

    names, definitions: by language; the latter say what is counted and of what, and of a share its denominator.
    measurement_error: hundredths of the indicator's unit. year_groups: in which it is measured; empty for any.
    subject: of a grade (merit.Subject). rule: by which its values are worked out from grades (merit.Rule).
    """

    code: str
    names: Mapping[str, str]
    area: str
    scale: Scale
    is_high_good: bool = True
    definitions: Mapping[str, str] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    measurement_error: int = 0
    shelf_life_months: int | None = None
    year_groups: tuple[int, ...] = ()
    secrecy_area: str = SecrecyArea.SCHOOL.value
    purpose: str = ""
    legal_ground: str = ""
    source: str = ""
    owner: str = ""
    version: str = "1"
    subject: str = ""
    rule: str = ""

    @classmethod
    def of(cls, indicator: Indicator) -> Definition:
        return cls(
            code=indicator.code,
            names=dict(indicator.names),
            area=indicator.area,
            scale=indicator.scale,
            is_high_good=indicator.is_high_good,
            definitions=dict(indicator.definitions),
            aliases=tuple(indicator.aliases),
            measurement_error=indicator.measurement_error,
            shelf_life_months=indicator.shelf_life_months,
            year_groups=tuple(indicator.year_groups),
            secrecy_area=indicator.secrecy_area,
            purpose=indicator.purpose,
            legal_ground=indicator.legal_ground,
            source=indicator.source,
            owner=indicator.owner,
            version=indicator.version,
            subject=indicator.subject,
            rule=indicator.rule,
        )

    def columns(self) -> dict[str, Any]:
        """The fields of Indicator that it decides, with their values; municipality and position are not its matter."""
        return {
            "code": self.code,
            "names": dict(self.names),
            "definitions": dict(self.definitions),
            "aliases": list(self.aliases),
            "area": self.area,
            "value_type": self.scale.value_type.value,
            "minimum": self.scale.minimum,
            "maximum": self.scale.maximum,
            "steps": [[step.label, step.number] for step in self.scale.steps],
            "decimals": self.scale.decimals,
            "unit": self.scale.unit,
            "direction": Direction.HIGH_IS_GOOD if self.is_high_good else Direction.LOW_IS_GOOD,
            "measurement_error": self.measurement_error,
            "shelf_life_months": self.shelf_life_months,
            "year_groups": list(self.year_groups),
            "secrecy_area": self.secrecy_area,
            "purpose": self.purpose,
            "legal_ground": self.legal_ground,
            "source": self.source,
            "owner": self.owner,
            "version": self.version,
            "subject": self.subject,
            "rule": self.rule,
        }
