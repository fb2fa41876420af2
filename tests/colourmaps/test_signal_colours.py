"""The signal colours can be read and told apart by everyone, computed from static/css/tokens.css itself.

Contrast: WCAG 2.1, relative luminance. Distance: CIE76 in CIELAB (D65). Colour vision deficiency: Machado,
Oliveira and Fernandes 2009, "A Physiologically-based Model for Simulation of Color Vision Deficiency",
matrices of severity 1.
"""

import itertools
import math
import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).resolve().parents[2] / "static" / "css" / "tokens.css"
SIGNALS = ("green", "yellow", "red")
SMALLEST_CONTRAST = 4.5
SMALLEST_DISTANCE = 25
STALE_SHARE = 0.35

Triple = tuple[float, float, float]
Matrix = tuple[Triple, Triple, Triple]

VISIONS: dict[str, Matrix] = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
SRGB_TO_XYZ: Matrix = (
    (0.4124564, 0.3575761, 0.1804375),
    (0.2126729, 0.7151522, 0.0721750),
    (0.0193339, 0.1191920, 0.9503041),
)
WHITE_D65: Triple = (0.95047, 1.0, 1.08883)


def tokens_of(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9A-Fa-f]{6});", block))


def read_schemes() -> dict[str, dict[str, str]]:
    """Hex tokens by scheme; dark overrides light as the cascade does."""
    css = re.sub(r"/\*.*?\*/", "", TOKENS.read_text(encoding="utf-8"), flags=re.DOTALL)
    roots = re.findall(r"(@media[^{]*\{\s*)?:root\s*\{(.*?)\}", css, flags=re.DOTALL)
    light = tokens_of(next(block for media, block in roots if not media))
    dark = tokens_of(next(block for media, block in roots if "prefers-color-scheme: dark" in media))
    printed = tokens_of(next(block for media, block in roots if "print" in media))
    return {"light": light, "dark": light | dark, "print": light | printed}


SCHEMES = read_schemes()


def bytes_of(colour: str) -> Triple:
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return red, green, blue


def linear(colour: str) -> Triple:
    """Linear-light sRGB, 0-1, of a #RRGGBB colour."""
    shares = (channel / 255 for channel in bytes_of(colour))
    red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return red, green, blue


def times(matrix: Matrix, vector: Triple) -> Triple:
    first, second, third = (sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)
    return first, second, third


def contrast(one: str, other: str) -> float:
    luminances = sorted(times(SRGB_TO_XYZ, linear(colour))[1] for colour in (one, other))
    return (luminances[1] + 0.05) / (luminances[0] + 0.05)


def lab(light: Triple) -> Triple:
    """CIELAB of linear sRGB, clipped to what a screen can show."""

    def curve(t: float) -> float:
        return math.cbrt(t) if t > (6 / 29) ** 3 else t / (3 * (6 / 29) ** 2) + 4 / 29

    shown: Triple = (min(1, max(0, light[0])), min(1, max(0, light[1])), min(1, max(0, light[2])))
    x, y, z = (curve(part / white) for part, white in zip(times(SRGB_TO_XYZ, shown), WHITE_D65, strict=True))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def distance(one: str, other: str, vision: Matrix) -> float:
    return math.dist(lab(times(vision, linear(one))), lab(times(vision, linear(other))))


def test_contrast_of_known_pairs_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.005)


def test_distance_of_black_and_white_is_a_hundred() -> None:
    assert distance("#000000", "#FFFFFF", VISIONS["normal"]) == pytest.approx(100, abs=0.01)


@pytest.mark.parametrize("vision", VISIONS)
def test_every_vision_keeps_white_white(vision: str) -> None:
    assert times(VISIONS[vision], (1, 1, 1)) == pytest.approx((1, 1, 1), abs=1e-4)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("fill", [*SIGNALS, "exempt", "hidden"])
def test_text_on_a_fill_has_enough_contrast(scheme: str, fill: str) -> None:
    colours = SCHEMES[scheme]
    assert contrast(colours[fill], colours[f"on-{fill}"]) >= SMALLEST_CONTRAST


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("fill", SIGNALS)
def test_text_on_an_outdated_fill_has_enough_contrast(scheme: str, fill: str) -> None:
    colours = SCHEMES[scheme]
    assert contrast(colours[f"stale-{fill}"], colours["on-stale"]) >= SMALLEST_CONTRAST


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("fill", SIGNALS)
def test_outdated_fill_is_the_colour_at_35_percent_over_the_page(scheme: str, fill: str) -> None:
    colours = SCHEMES[scheme]
    pairs = zip(bytes_of(colours[fill]), bytes_of(colours["page"]), strict=True)
    expected = [STALE_SHARE * signal + (1 - STALE_SHARE) * page for signal, page in pairs]
    assert bytes_of(colours[f"stale-{fill}"]) == pytest.approx(expected, abs=1)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize(("one", "other"), list(itertools.combinations(SIGNALS, 2)))
def test_two_fills_are_told_apart(scheme: str, vision: str, one: str, other: str) -> None:
    colours = SCHEMES[scheme]
    assert distance(colours[one], colours[other], VISIONS[vision]) >= SMALLEST_DISTANCE


@pytest.mark.parametrize("scheme", SCHEMES)
def test_fills_keep_their_order_in_grey(scheme: str) -> None:
    lightness = [lab(linear(SCHEMES[scheme][fill]))[0] for fill in ("red", "green", "yellow")]
    assert all(lighter - darker >= 10 for darker, lighter in itertools.pairwise(lightness))


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(
    ("text", "paper"), list(itertools.product(("ink", "ink-soft", "accent"), ("page", "surface")))
)
def test_text_of_the_page_has_enough_contrast(scheme: str, text: str, paper: str) -> None:
    colours = SCHEMES[scheme]
    assert contrast(colours[text], colours[paper]) >= SMALLEST_CONTRAST


@pytest.mark.parametrize("scheme", SCHEMES)
def test_edges_of_fields_can_be_seen(scheme: str) -> None:
    colours = SCHEMES[scheme]
    assert contrast(colours["rule-strong"], colours["page"]) >= 3
