"""Templates read and compiled once: their tree and code depend on their own text alone."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from policygen.render.language.environment import count_work, make_environment
from policygen.render.language.names import NameCheck
from policygen.render.language.positions import TokenPositions
from policygen.render.language.statements import StatementExtension

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import CodeType

    from jinja2 import nodes

    from policygen.model.document import Declaration
    from policygen.model.template import Template
    from policygen.problems import Location
    from policygen.render.language.shapes import Shape

_MOST_KEPT = 1024
"""Templates kept in memory; an organization has some seventy."""


class ParsedTemplate:
    """The syntax tree of a template, its statement tags, and the code that fills it in."""

    def __init__(self, path: str, source: str) -> None:
        """Read a template.

        Raises:
            TemplateSyntaxError: The text does not follow the template language.
            RecursionError: It is nested too deeply.
            ValueError: A number or an escape in it cannot be read.
        """
        self._path = path
        self._source = source
        self.environment = make_environment()
        self._tree: nodes.Template | None = self._parse()
        self.declarations: tuple[Declaration, ...] = tuple(self._extension().declarations)
        """The statement tags, in the order in which they stand."""

        self._code: CodeType | None = None
        self._sound: tuple[object, NameCheck] | None = None
        self.positions = TokenPositions(path, source, self.environment)
        """Lines and columns of its names and texts."""

    @property
    def tree(self) -> nodes.Template:
        """The tree as written; counting work changes it, so it is then read anew."""
        if self._tree is None:
            self._extension().declarations.clear()
            self._tree = self._parse()
        return self._tree

    @property
    def code(self) -> CodeType:
        """The code that fills the template in, its work counted as it is done."""
        if self._code is None:
            tree, self._tree = self.tree, None
            count_work(tree, self.environment)
            self._code = self.environment.compile(tree)
        return self._code

    def names_checked(
        self,
        namespace: Mapping[str, Shape],
        documents: frozenset[str],
        places: Mapping[str, Location],
    ) -> NameCheck:
        """Every name in it held against what there is; a sound result is kept.

        Args:
            namespace: Names that templates have, with their parts.
            documents: Ids of documents that it may link.
            places: Where names are set, for hints.
        """
        basis = (namespace, documents)
        if self._sound is not None and self._sound[0] == basis:
            return self._sound[1]
        check = NameCheck(
            path=self._path,
            namespace=namespace,
            documents=documents,
            places=places,
            positions=self.positions,
        )
        check.template(self.tree)
        self._sound = None if check.problems else (basis, check)
        return check

    def _parse(self) -> nodes.Template:
        return self.environment.parse(self._source, filename=self._path)

    def _extension(self) -> StatementExtension:
        extension = self.environment.extensions[StatementExtension.identifier]
        assert isinstance(extension, StatementExtension)
        return extension


def parsed(template: Template) -> ParsedTemplate:
    """The template, read at its first use; raises what `ParsedTemplate` raises."""
    return _parsed(template.path, _without_front_matter(template))


@lru_cache(maxsize=_MOST_KEPT)
def _parsed(path: str, source: str) -> ParsedTemplate:
    return ParsedTemplate(path, source)


def _without_front_matter(template: Template) -> str:
    """The template with its front matter blanked, so that lines keep their number."""
    lines = template.text.split("\n")
    return "\n".join(
        "" if number < template.body_line else line for number, line in enumerate(lines, start=1)
    )
