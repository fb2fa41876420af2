"""Who is signed in: read anew for every page, with one statement for the session and one for the person."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.db import connection
from django.utils import timezone

from .models import Municipality, User
from .written_reads import Columns, rows_of_all

SESSION_SQL = """
    select session_data from django_session where session_key = %(key)s and expire_date > %(now)s
"""
USER, MUNICIPALITY = Columns(User, "u"), Columns(Municipality, "m")
USER_SQL = f"""
    select {USER.sql}, {MUNICIPALITY.sql}
    from accounts_user u left join accounts_municipality m on m.id = u.municipality_id where u.id = %(id)s
"""  # noqa: S608 – columns of our own models


class SessionStore(DatabaseSessions):
    """Django's sessions in the database."""

    def load(self) -> dict[str, Any]:
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        found = rows_of_all(SESSION_SQL, key=self.session_key, now=now)
        if not found:
            self._session_key = None
            return {}
        return self.decode(found[0][0])


class Backend(ModelBackend):
    """Django's signing in by password."""

    def get_user(self, user_id: int) -> User | None:
        """The person with the municipality, unless the account has ended."""
        for row in rows_of_all(USER_SQL, id=user_id):
            user = USER.made_of(row)
            has_municipality = user.municipality_id is not None
            user.municipality = MUNICIPALITY.made_of(row, USER.number) if has_municipality else None
            return user if self.user_can_authenticate(user) else None
        return None
