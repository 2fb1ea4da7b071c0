"""Files of the workspace that a printed document shows: logo, pictures, fonts.

Paths come from a profile or a text, so they are held inside the workspace.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from policygen.problems import Location, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from policygen.model.publication import Brand, Edition
    from policygen.publish.pdf.typeset import Picture

PICTURE_ENDINGS = frozenset({".svg", ".png", ".jpg", ".jpeg", ".gif", ".webp"})
FONT_ENDINGS = frozenset({".ttf", ".otf", ".ttc"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintAssets:
    """What was found, and what is wrong with the rest."""

    logo: Path | None
    pictures: tuple[Path, ...]
    fonts: tuple[Path, ...]
    problems: tuple[Problem, ...]

    @property
    def logo_name(self) -> str | None:
        """Where Typst finds the logo, from its root."""
        return f"/assets/logo{self.logo.suffix.lower()}" if self.logo else None

    @property
    def picture_names(self) -> tuple[str, ...]:
        """Where Typst finds the pictures, in their order."""
        return tuple(
            f"/assets/{number}{path.suffix.lower()}"
            for number, path in enumerate(self.pictures, start=1)
        )

    def copy_to(self, root: Path) -> None:
        """Put logo and pictures into the folder that Typst sees."""
        if self.logo and self.logo_name:
            (root / self.logo_name.removeprefix("/")).write_bytes(self.logo.read_bytes())
        for path, name in zip(self.pictures, self.picture_names, strict=True):
            (root / name.removeprefix("/")).write_bytes(path.read_bytes())


def find_assets(edition: Edition, workspace: Path, pictures: Sequence[Picture]) -> PrintAssets:
    """Find every file an edition names; what cannot be used is a problem."""
    header_path = edition.record.header.path
    text = Location(f"rendered/{header_path}")
    profile = Location("organization.yml")
    problems: list[Problem] = []

    def take(name: str, folder: Path, endings: frozenset[str], place: Location) -> Path | None:
        path = _inside(workspace, folder / name)
        if path is None or path.suffix.lower() not in endings:
            problems.append(_not_usable(name, endings, place))
            return None
        return path

    brand = edition.brand
    logo = take(brand.logo, workspace, PICTURE_ENDINGS, profile) if brand.logo else None
    fonts = [take(name, workspace, FONT_ENDINGS, profile) for name in brand.fonts]
    folder = (workspace / "rendered" / header_path).parent
    shown = [take(picture.source, folder, PICTURE_ENDINGS, text) for picture in pictures]
    problems += [_without_words(picture, text) for picture in pictures if not picture.alt]
    return PrintAssets(
        logo=logo,
        fonts=tuple(path for path in fonts if path),
        pictures=tuple(path for path in shown if path),
        problems=tuple(problems),
    )


def find_brand(brand: Brand, workspace: Path) -> PrintAssets:
    """Logo and fonts, for what shows no pictures of its own."""
    fonts = find_fonts(brand, workspace)
    if brand.logo is None:
        return fonts
    logo = _inside(workspace, workspace / brand.logo)
    if logo is not None and logo.suffix.lower() in PICTURE_ENDINGS:
        return replace(fonts, logo=logo)
    problem = _not_usable(brand.logo, PICTURE_ENDINGS, Location("organization.yml"))
    return replace(fonts, problems=(*fonts.problems, problem))


def find_fonts(brand: Brand, workspace: Path) -> PrintAssets:
    """The fonts alone, for what shows neither logo nor pictures."""
    fonts = {name: _inside(workspace, workspace / name) for name in brand.fonts}
    usable = {
        name: path for name, path in fonts.items() if path and path.suffix.lower() in FONT_ENDINGS
    }
    profile = Location("organization.yml")
    return PrintAssets(
        logo=None,
        fonts=tuple(usable.values()),
        pictures=(),
        problems=tuple(
            _not_usable(name, FONT_ENDINGS, profile) for name in fonts if name not in usable
        ),
    )


def _inside(workspace: Path, path: Path) -> Path | None:
    """The file, links followed, where it lies in the workspace."""
    try:
        resolved = path.resolve(strict=True)
    except (OSError, RuntimeError, ValueError):
        return None
    if resolved.is_file() and resolved.is_relative_to(workspace.resolve()):
        return resolved
    return None


def _not_usable(name: str, endings: frozenset[str], place: Location) -> Problem:
    return Problem(
        code="pdf-file",
        location=place,
        message=f"{name} is not a file of this workspace that ends in {', '.join(sorted(endings))}",
        hint="Put the file into the workspace and name it by its relative path.",
    )


def unreadable_font(path: Path) -> Problem:
    """The problem with a file that has a font's ending and no font in it."""
    return Problem(
        code="pdf-file",
        location=Location("organization.yml"),
        message=f"{path.name} is not a font that can be read",
        hint="Use a complete TrueType or OpenType font; web fonts must be converted.",
    )


def _without_words(picture: Picture, place: Location) -> Problem:
    return Problem(
        code="pdf-picture-alt",
        location=place,
        message=f"the picture {picture.source} has no words for readers who cannot see it",
        hint=f"Write what it shows: ![What it shows]({picture.source}).",
    )
