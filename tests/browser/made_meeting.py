"""Puts a meeting that goes on into the database of a running demo: run as a program, it prints the keys as JSON.

python -m tests.browser.made_meeting LOGIN N: of the classes at which the person has a role, with N free cases.
"""

from __future__ import annotations

import json
import sys

import django


def made(login: str, n: int) -> dict[str, object]:
    from accounts.access import Sight
    from accounts.models import Level, User
    from accounts.roles import Permission
    from accounts.tenancy import municipality_scope
    from interventions.models import Rung
    from tests.factories.meetings import CaseFactory, MeetingFactory, kind_of

    person = User.objects.get(login=login)
    with municipality_scope(person.municipality):
        sight = Sight(person)
        classes = sight.own_units(Permission.MEET)
        school = next(unit for unit in sight.line_of(classes[0]) if unit.level == Level.SCHOOL)
        meeting = MeetingFactory(
            kind=kind_of(Rung.TEAM), unit=school, lead=person, classes=classes, is_started=True
        )
        cases = [
            CaseFactory(meeting=meeting, title=f"Ärende {number}", unit=classes[0], position=number)
            for number in range(1, n + 1)
        ]
        return {"meeting": meeting.key, "cases": [case.key for case in cases]}


if __name__ == "__main__":
    django.setup()
    sys.stdout.write(json.dumps(made(sys.argv[1], int(sys.argv[2]))))
