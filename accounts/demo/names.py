"""Names for invented people. Every pairing is drawn by chance; none is meant to be anybody."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class NameStock:
    """The given and family names that a country's schools have on their lists."""

    girls: tuple[str, ...]
    boys: tuple[str, ...]
    families: tuple[str, ...]


SWEDISH = NameStock(
    girls=tuple(
        "Alva Alma Amina Aina Astrid Asta Beata Bahar Cornelia Daria Disa Ebba Edith Elin Elsa Elvira Ester Estelle "
        "Fatima Filippa Freja Greta Hanna Hedda Hiba Ida Idun Ines Ingrid Iris Isabella Jasmin Juni Klara Lea Leila "
        "Leonora Lilly Linnea Liv Lovisa Lykke Maja Mariam Matilda Meja Mila Minna Märta Naima Nora Novalie Olivia "
        "Rakel Ronja Rut Saga Sahra Selma Signe Sigrid Siri Sofia Stella Svea Thea Tilde Tuva Tyra Vera Viola Wilma "
        "Yasmin Ylva Zahra Zofia Åsa Ängla".split()
    ),
    boys=tuple(
        "Abdi Adam Albin Alfred Ali Alvin Amir Anton Arvid August Axel Benjamin Birk Bilal Carl Charlie Dante David "
        "Ebbe Edvin Elias Elis Elliot Emil Erik Evert Filip Frans Gabriel Gustav Hampus Harry Hassan Henry Hjalmar "
        "Hugo Ibrahim Isak Ivar Jack Jakub Joel Jonathan Josef Kasper Kian Leo Leon Liam Linus Loke Love Ludvig "
        "Malte Matheo Max Melker Milo Mohammed Måns Nils Noah Noel Oliver Omar Oskar Otto Petter Rasmus Samir "
        "Samuel Sigge Sixten Sven Theo Tore Ture Vide Viggo Vincent William Yusuf Åke Örjan".split()
    ),
    families=tuple(
        "Abdi Ahlgren Ahmed Ali Almqvist Andersson Arvidsson Asplund Axelsson Backlund Berg Berggren Bergström "
        "Björk Blom Boström Brandt Carlsson Dahl Dahlberg Danielsson Ek Ekström Eliasson Engström Eriksson "
        "Falk Forsberg Fransson Fredriksson Gashi Granberg Grön Gunnarsson Gustafsson Haddad Hallberg Hansson "
        "Hassan Hedlund Hellström Henriksson Holm Holmgren Håkansson Isaksson Ivanova Jakobsson Jansson Johansson "
        "Jonsson Kallio Karlsson Khalil Korhonen Kowalski Larsson Lind Lindberg Lindgren Lindholm Lindqvist Ljung "
        "Lundberg Lundin Lundqvist Löfgren Magnusson Mattsson Mohamud Molin Mårtensson Nguyen Nilsson Norberg "
        "Nordin Nyberg Nyström Näslund Olsson Omar Osman Palm Persson Petrović Pettersson Rahimi Roos Rosén Sandberg "
        "Sandström Sjöberg Sjögren Skoglund Strand Ström Sundberg Svensson Söderberg Tesfaye Törnqvist Viklund "
        "Virtanen Wallin Wikström Yılmaz Zetterberg Åberg Åkesson Ångström Öberg Östlund".split()
    ),
)
NORWEGIAN = NameStock(
    girls=tuple(
        "Amalie Amina Andrea Anna Astrid Aurora Ayla Eira Ella Emma Frida Hedda Ingeborg Ingrid Iben Jenny Julie Leah "
        "Live Maja Maria Mathilde Nora Oda Olivia Ragnhild Sara Selma Sigrid Silje Sofie Solveig Thea Tiril Tuva "
        "Vilde Yasmin Åse".split()
    ),
    boys=tuple(
        "Adrian Aksel Ali Anders Benjamin Birk Bjørn Eirik Emil Filip Gustav Haakon Henrik Håkon Isak Jakob Jens "
        "Johannes Jonas Kasper Kristian Lars Leon Lukas Magnus Mathias Mohammad Noah Odin Olav Oskar Sander Sigurd "
        "Simen Sindre Theodor Trym Ulrik Øyvind".split()
    ),
    families=tuple(
        "Aas Ahmed Andersen Bakke Berg Berge Bjerke Bråthen Bøe Dahl Eide Eriksen Fjeld Fosse Gundersen Hagen "
        "Halvorsen Hansen Haugen Helland Holm Hussain Iversen Jensen Johansen Karlsen Knutsen Kristiansen Larsen Lie "
        "Lund Lunde Martinsen Moe Myhre Nguyen Nilsen Nygård Olsen Pedersen Rønning Sandvik Solberg Strand Sæther "
        "Sørensen Tangen Vik Voll Ødegård Østby Ås".split()
    ),
)


def stock_of(country: str) -> NameStock:
    """The names of a country; Danish lists make do with the Norwegian ones."""
    return SWEDISH if country == "SE" else NORWEGIAN


def adult_name(stock: NameStock, rng: np.random.Generator) -> str:
    """A grown-up's full name."""
    given = stock.girls + stock.boys
    return f"{given[rng.integers(len(given))]} {stock.families[rng.integers(len(stock.families))]}"
