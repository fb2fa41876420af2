"""Maps made and shared by the municipality, and used by its schools. What a map chooses from is never changed here."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from django.db import transaction
from django.utils import timezone

from accounts.audit import record
from accounts.models import Unit, User
from accounts.tenancy import current_municipality

from ..models import ColourMap, Indicator, MapAdoption, MapIndicator


@transaction.atomic
def make_map(*, names: Mapping[str, str], area: str, indicators: Sequence[Indicator], by: User) -> ColourMap:
    """A map that only those who make maps see, until it is shared. names: by language; area: may be empty."""
    colour_map = ColourMap.objects.create(municipality=current_municipality(), names=dict(names), area=area)
    _place(colour_map, indicators)
    record("map made", by=by, subject=colour_map.key, indicators=[each.code for each in indicators])
    return colour_map


@transaction.atomic
def change_map(
    *, colour_map: ColourMap, names: Mapping[str, str], area: str, indicators: Sequence[Indicator], by: User
) -> None:
    """Schools that use it see the change at once; what they have left out stays left out."""
    colour_map.names, colour_map.area = dict(names), area
    colour_map.save(update_fields=["names", "area"])
    colour_map.places.all().delete()
    _place(colour_map, indicators)
    record("map changed", by=by, subject=colour_map.key, indicators=[each.code for each in indicators])


def _place(colour_map: ColourMap, indicators: Sequence[Indicator]) -> None:
    MapIndicator.objects.bulk_create(
        MapIndicator(
            municipality=current_municipality(), colour_map=colour_map, indicator=indicator, position=position
        )
        for position, indicator in enumerate(indicators, start=1)
    )


@transaction.atomic
def share_map(*, colour_map: ColourMap, by: User) -> None:
    """From now on schools can use it; sharing it again changes nothing."""
    if colour_map.shared_at is None:
        colour_map.shared_at = timezone.now()
        colour_map.save(update_fields=["shared_at"])
        record("map shared", by=by, subject=colour_map.key)


@transaction.atomic
def delete_map(*, colour_map: ColourMap, by: User) -> None:
    """The schools that used it see all indicators again; no result, limit or indicator is touched."""
    n_schools = colour_map.adoptions.count()
    key = colour_map.key
    colour_map.delete()
    record("map deleted", by=by, subject=key, schools=n_schools)


@transaction.atomic
def adopt_map(*, colour_map: ColourMap, school: Unit, by: User) -> MapAdoption:
    """All its indicators, until the school leaves some out; a school that uses it already goes on as it was."""
    adoption, is_new = MapAdoption.objects.get_or_create(
        colour_map=colour_map, school=school, defaults={"municipality": current_municipality()}
    )
    if is_new:
        record("map adopted", by=by, unit=school, subject=colour_map.key)
    return adoption


@transaction.atomic
def leave_map(*, colour_map: ColourMap, school: Unit, by: User) -> None:
    """What the school had left out is forgotten."""
    n_left, _by_model = MapAdoption.objects.filter(colour_map=colour_map, school=school).delete()
    if n_left:
        record("map left", by=by, unit=school, subject=colour_map.key)


@transaction.atomic
def leave_out(*, adoption: MapAdoption, codes: Collection[str], by: User) -> None:
    """The school does not look at these indicators of the map; the map itself stays as it is."""
    adoption.left_out = sorted(codes)
    adoption.save(update_fields=["left_out"])
    record(
        "map narrowed",
        by=by,
        unit=adoption.school,
        subject=adoption.colour_map.key,
        left_out=adoption.left_out,
    )
