"""QR codes, as SVG in the page: the policy allows no data: addresses."""

import segno
from django.utils.safestring import SafeString, mark_safe

# Dark on white in any scheme: phones read nothing else as surely. How large it is, says the style sheet.
LOOKS = {
    "omitsize": True,
    "border": 3,
    "dark": "#000",
    "light": "#fff",
    "svgclass": "qr",
    "lineclass": None,
}


def qr_code(address: str) -> SafeString:
    """As inline SVG. It holds the address and nothing else."""
    drawn = segno.make(address, error="m", micro=False).svg_inline(**LOOKS)
    return mark_safe(drawn)  # noqa: S308 – modules of a code, no text
