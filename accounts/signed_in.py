"""Who is signed in: read anew for every page, with one statement for the session and one for the person.

A session ends half an hour after it was last used, and ten hours after it began whatever is done in it: both stand in
the one moment `expire_date`, by the server's clock, so that reading it costs no more than before.
"""

from __future__ import annotations

import datetime
import logging
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY as USER_ID
from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.contrib.sessions.middleware import SessionMiddleware as DjangoSessionMiddleware
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from .models import Municipality, Session, User
from .single_sign_on.queries import may_use_password
from .written_reads import Columns, moment_of, rows_of_all

log = logging.getLogger(__name__)

SESSION_SQL = """
    select session_data, seen_at from accounts_session where session_key = %(key)s and expire_date > %(now)s
"""
USER, MUNICIPALITY = Columns(User, "u"), Columns(Municipality, "m")
USER_SQL = f"""
    select {USER.sql}, {MUNICIPALITY.sql}
    from accounts_user u left join accounts_municipality m on m.id = u.municipality_id where u.id = %(id)s
"""  # noqa: S608 – columns of our own models

# What a session holds beside Django's own: when it began and when somebody last signed in or proved to be the same
# person, moments in seconds; and the browser in words.
BEGAN_AT, FRESH_AT, BROWSER = "began_at", "fresh_at", "browser"
# How often the moment of last use is written, at most.
SEEN_EVERY = datetime.timedelta(minutes=1)
# A request with this header is made by a page that looks for news by itself: nobody need be sitting there.
BY_ITSELF = "X-By-Itself"
# What a browser says of itself, and what it is called. Nearly all say Chrome and Safari too, so the order matters.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


class SessionStore(DatabaseSessions):
    """Django's sessions in the database, in a table of our own, with an end that the server decides."""

    seen_at: datetime.datetime | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def load(self) -> dict[str, Any]:
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        found = rows_of_all(SESSION_SQL, key=self.session_key, now=now)
        if not found:
            self._session_key = None
            return {}
        content, seen_at = found[0]
        self.seen_at = moment_of(seen_at)
        return self.decode(content)

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row: Session = super().create_model_instance(data)  # type: ignore[assignment]  # of get_model_class
        row.user_id = data.get(USER_ID)
        row.began_at = _moment(data[BEGAN_AT]) if BEGAN_AT in data else None
        row.seen_at = timezone.now()
        row.browser = data.get(BROWSER, "")
        return row

    def get_expiry_date(self, **_kwargs: Any) -> datetime.datetime:
        """When it ends if it is not used again."""
        idle = timezone.now() + datetime.timedelta(seconds=settings.SESSION_IDLE_SECONDS)
        if BEGAN_AT not in self:
            return idle
        longest = datetime.timedelta(seconds=settings.SESSION_LONGEST_SECONDS)
        return min(idle, _moment(self[BEGAN_AT]) + longest)

    def keep_open(self) -> None:
        """It is used now. Written at most once a minute; a session that has been ended meanwhile stays ended."""
        now = timezone.now()
        if self.seen_at is None or now - self.seen_at < SEEN_EVERY:
            return
        Session.objects.filter(session_key=self.session_key).update(
            seen_at=now, expire_date=self.get_expiry_date()
        )


def begin_session(request: HttpRequest) -> None:
    """Somebody has signed in, now."""
    request.session[BEGAN_AT] = request.session[FRESH_AT] = timezone.now().timestamp()
    request.session[BROWSER] = browser_in_words(request.headers.get("User-Agent", ""))


def browser_in_words(agent: str) -> str:
    """ "Firefox, Android": enough to know one's own devices by; empty for what is none of the known ones."""
    names = (next((name for sign, name in known if sign in agent), "") for known in (BROWSERS, SYSTEMS))
    return ", ".join(filter(None, names))


def _moment(seconds: float) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC)


class SessionMiddleware(DjangoSessionMiddleware):
    """As Django's; a page that somebody asks for keeps the session open, one that asks by itself does not."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        session = request.session
        if session.accessed and not session.modified and BY_ITSELF not in request.headers:
            try:
                session.keep_open()  # type: ignore[attr-defined]  # our own store
            except DatabaseError as error:
                log.warning("the last use of a session was not written: %s", type(error).__name__)
        return super().process_response(request, response)


class Backend(ModelBackend):
    """Django's signing in by password."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **more: Any,
    ) -> User | None:
        """As for a wrong password, where single sign-on is the only way in."""
        user = super().authenticate(request, username, password, **more)
        return user if user is None or may_use_password(user) else None

    def get_user(self, user_id: int) -> User | None:
        """The person with the municipality, unless the account has ended."""
        for row in rows_of_all(USER_SQL, id=user_id):
            user = USER.made_of(row)
            has_municipality = user.municipality_id is not None
            user.municipality = MUNICIPALITY.made_of(row, USER.number) if has_municipality else None
            return user if self.user_can_authenticate(user) else None
        return None
