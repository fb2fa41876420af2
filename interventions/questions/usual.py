"""Development areas and support functions that a new municipality begins with; it can rename, close and add its own.

Source of the areas: the analyses of the municipality of the original colour maps (MISSION S44); of the functions: S23.
"""

from __future__ import annotations

Names = dict[str, str]

AREAS: list[Names] = [
    {
        "sv": "Personal, organisation, kompetens",
        "en": "Staff, organisation, competence",
        "nb": "Personale, organisasjon, kompetanse",
        "da": "Personale, organisation, kompetence",
    },
    {
        "sv": "Ekonomi, resursanvändning, effektivitet",
        "en": "Economy, use of resources, efficiency",
        "nb": "Økonomi, ressursbruk, effektivitet",
        "da": "Økonomi, ressourceforbrug, effektivitet",
    },
    {
        "sv": "IT, kommunikation",
        "en": "IT, communication",
        "nb": "IT, kommunikasjon",
        "da": "IT, kommunikation",
    },
    {
        "sv": "Undervisning, läromedel",
        "en": "Teaching, materials",
        "nb": "Undervisning, læremidler",
        "da": "Undervisning, læremidler",
    },
    {
        "sv": "Lokaler, skolväg, måltider",
        "en": "Premises, way to school, meals",
        "nb": "Lokaler, skolevei, måltider",
        "da": "Lokaler, skolevej, måltider",
    },
    {
        "sv": "Samarbete med hem och andra",
        "en": "Working with families and others",
        "nb": "Samarbeid med hjem og andre",
        "da": "Samarbejde med hjem og andre",
    },
]
QUEUES: list[Names] = [
    {"sv": "Matematik", "en": "Mathematics", "nb": "Matematikk", "da": "Matematik"},
    {"sv": "Språk", "en": "Language", "nb": "Språk", "da": "Sprog"},
    {"sv": "Hälsa", "en": "Health", "nb": "Helse", "da": "Sundhed"},
    {"sv": "Kultur", "en": "Culture", "nb": "Kultur", "da": "Kultur"},
    {"sv": "Barn och förälder", "en": "Child and parent", "nb": "Barn og forelder", "da": "Barn og forælder"},
]
