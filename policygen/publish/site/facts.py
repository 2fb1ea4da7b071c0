"""What `mkdocs.yml` inherits, and the colours of the brand: files that are not pages."""

from __future__ import annotations

import colorsys
import json
import re
from typing import TYPE_CHECKING

from policygen.problems import Location, PolicygenError, Problem
from policygen.publish.site.chrome import attribute
from policygen.words import long_date

if TYPE_CHECKING:
    from policygen.publish.site.content import SiteContent

FACTS = ".site.yml"
"""Named by `INHERIT` in mkdocs.yml; the leading dot keeps it out of the site."""

BRAND_STYLES = "assets/brand.css"

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_CONTRAST_BY_DAY = 5.5
_CONTRAST_AT_NIGHT = 8.0
_PAPER = (255, 255, 255)
_NIGHT = (30, 33, 41)
_LOOKALIKES = str.maketrans(
    {
        "<": "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}",
        ">": "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}",
        '"': "\N{RIGHT DOUBLE QUOTATION MARK}",
        "\\": "\N{SET MINUS}",
    }
)
_ACTING_AMPERSAND = re.compile(r"&(?=[#\w])")


def site_facts(content: SiteContent) -> str:
    """The part of the site's settings that states facts about the organization, as YAML.

    The theme prints the name of the site without escaping it, as text and inside attributes, so
    characters that could act there are replaced by ones that look alike.
    """
    name = f"{' '.join(content.short_name.split())} policies".translate(_LOOKALIKES)
    state = "Preview of working text" if content.preview else "State"
    facts: dict[str, object] = {
        "site_name": _ACTING_AMPERSAND.sub("\N{FULLWIDTH AMPERSAND}", name),
        "copyright": f"{attribute(content.organization)}. {state} of {long_date(content.as_of)}, "
        f"{attribute(content.time_zone)}.",
        "extra": {"preview": content.preview},
    }
    if content.logo is not None:
        facts["theme"] = {"logo": content.logo}
    return "".join(f"{key}: {json.dumps(value, sort_keys=True)}\n" for key, value in facts.items())


def brand_styles(content: SiteContent) -> str:
    """The accent color, adjusted until text in it can be read on paper and at night.

    Raises:
        PolicygenError: The accent is not a color (`site-brand-color`).
    """
    accent = content.brand.accent
    if not _COLOUR.fullmatch(accent):
        raise PolicygenError(
            Problem(
                code="site-brand-color",
                location=Location("organization.yml"),
                message=f'the accent color must be written like #1f4e79, not "{accent}"',
                hint="Set brand.accent to # and six hexadecimal digits.",
            )
        )
    colour = tuple(int(accent[start : start + 2], 16) for start in (1, 3, 5))
    light = _legible(colour, _PAPER, 0.0, _CONTRAST_BY_DAY)
    dark = _legible(colour, _NIGHT, 1.0, _CONTRAST_AT_NIGHT)
    return (
        ":root {\n"
        f"  --pg-accent: {_written(light)};\n"
        f"  --pg-accent-at-night: {_written(dark)};\n"
        "}\n"
    )


def _legible(
    colour: tuple[int, ...], ground: tuple[int, ...], lightness: float, minimum: float
) -> tuple[int, ...]:
    """The colour, made lighter or darker in small steps until it stands out from the ground."""
    hue, own, saturation = colorsys.rgb_to_hls(*(part / 255 for part in colour))
    mixed = colour
    for step in range(1, 41):
        if _contrast(mixed, ground) >= minimum:
            break
        level = own + (lightness - own) * step / 40
        mixed = tuple(round(part * 255) for part in colorsys.hls_to_rgb(hue, level, saturation))
    return mixed


def _contrast(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    """Contrast ratio, 1 to 21. Source: WCAG 2.2, relative luminance."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: tuple[int, ...]) -> float:
    linear = [
        part / 255 / 12.92 if part <= 10 else ((part / 255 + 0.055) / 1.055) ** 2.4
        for part in colour
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _written(colour: tuple[int, ...]) -> str:
    return "#" + "".join(f"{part:02x}" for part in colour)
