"""The addresses of the product, and one page more: signed in, the same frame, an empty table."""

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from accounts.web import signed_in
from colourmaps.config.urls import urlpatterns as product

ADDRESS = "/floor/"
PAGE = engines["django"].from_string(
    '{% extends "base.html" %}{% block content %}<table></table>{% endblock %}'
)


@signed_in
def floor(request: HttpRequest) -> HttpResponse:
    return HttpResponse(PAGE.render({}, request))


urlpatterns = [path(ADDRESS.strip("/") + "/", floor), *product]
