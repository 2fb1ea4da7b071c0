"""`policygen schema`: JSON Schemas, so that editors complete and check as you type."""

from __future__ import annotations

import json
from typing import Annotated, Literal

import typer

from policygen.cli import output


def schema(
    what: Annotated[
        Literal["profile", "template"],
        typer.Argument(
            metavar="profile|template",
            help="organization.yml, or the front matter of a template.",
        ),
    ],
) -> int:
    """Print the JSON Schema of organization.yml or of a template's front matter."""
    from policygen.load.profile.profile import profile_schema
    from policygen.model.template import FrontMatter

    found = profile_schema() if what == "profile" else FrontMatter.model_json_schema()
    output.say(json.dumps(found, indent=2, ensure_ascii=False))
    return 0
