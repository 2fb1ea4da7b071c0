"""Authors: everybody behind a change, each once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from policygen.model.forge import ForgeAuthor


def authors_of(found: Iterable[ForgeAuthor]) -> tuple[ForgeAuthor, ...]:
    """Authors without repetitions, those with an account first."""
    once = {(author.user_id, author.mail_sha256): author for author in found}
    return tuple(
        once[key]
        for key in sorted(once, key=lambda key: (key[0] is None, key[0] or 0, key[1] or ""))
    )
