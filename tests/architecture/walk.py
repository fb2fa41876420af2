"""Every address asked for once, by somebody to whom it opens: addresses and people come from the matrix."""

from __future__ import annotations

import copy
import html
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import openpyxl
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User

from .permission_matrix import MATRIX, Address, World

HTMX = {"HX-Request": "true"}
# Those who see most come first: what they see has most in it.
FIRST_ASKED = ("principal", "administrator", "coordinator", "teacher", "area_head")


class Answer(NamedTuple):
    """What somebody got at an address."""

    name: str
    person: str
    response: Any

    @property
    def body(self) -> bytes:
        streamed = getattr(self.response, "streaming", False)
        return b"".join(self.response) if streamed else self.response.content

    @property
    def is_page(self) -> bool:
        return self.response.headers.get("Content-Type", "").startswith("text/html")


def opener_of(address: Address) -> str:
    """A person of the world to whom it opens; empty where it opens to whoever comes."""
    known = [each for each in FIRST_ASKED if each in address.opens_to]
    return (known or sorted(address.opens_to))[0]


def path_of(name: str, world: World) -> str:
    address = MATRIX[name]
    named = {"key": getattr(getattr(world, address.of), address.named_by)} if address.of else {}
    return reverse(name, kwargs={**named, **address.more})


def kwargs_of(name: str, key: str) -> dict[str, str]:
    """The parts of an address with another key."""
    return {**({"key": key} if MATRIX[name].of else {}), **MATRIX[name].more}


def words_in(body: bytes) -> str:
    """All that stands in a page or in the cells of a file."""
    if not body.startswith(b"PK"):
        return html.unescape(body.decode("utf-8", "replace"))
    book = openpyxl.load_workbook(io.BytesIO(body))
    cells = (cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)
    return " ".join(str(cell) for cell in cells if cell is not None)


def content_for(name: str, world: World) -> dict[str, Any]:
    address = MATRIX[name]
    return {**address.form, **({"round": world.round.key} if address.needs_round else {})}


class Walker:
    """Browsers of the world's people, signed in once each."""

    def __init__(self, world: World, sign_in: Callable[[User], Client]) -> None:
        self.world, self.sign_in = world, sign_in
        self.browsers: dict[str, Client] = {}

    def browser(self, person: str) -> Client:
        if person not in self.browsers:
            self.browsers[person] = self.sign_in(self.world.person(person)) if person else Client()
        return self.browsers[person]

    def ask(
        self,
        name: str,
        *,
        person: str | None = None,
        path: str = "",
        method: str = "",
        content: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        keeps: bool = False,
    ) -> Answer:
        """The answer; what the request changed is undone, unless it `keeps`."""
        address = MATRIX[name]
        person = opener_of(address) if person is None else person
        browser = self.browser(person)
        cookies = copy.deepcopy(browser.cookies)
        asked = getattr(browser, method or address.method)
        sent = {**content_for(name, self.world), **(content or {})}
        path = path or path_of(name, self.world)  # makes what it names, which is to stay
        with transaction.atomic():
            response = asked(path, sent, headers=headers)
            answer = Answer(name, person, response)
            if not keeps:
                transaction.set_rollback(True)
        browser.cookies = cookies
        return answer

    def everywhere(self, names: Iterable[str] | None = None, **options: Any) -> Iterator[Answer]:
        for name in sorted(MATRIX) if names is None else names:
            yield self.ask(name, **options)
