"""VERIFY.md of a workspace: what lies there, as commands of stock tools."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen.audit.verification.stock_check_page import stock_check_page
from policygen.audit.verification.stock_checks import checks_of
from policygen.history.records.paths import in_workspace

if TYPE_CHECKING:
    from policygen.pipeline.situation import Situation


def instructions(found: Situation) -> str:
    """How to check the workspace without policygen; the commands run in its folder."""
    sealed = (found.root / "evidence" / "sealed").glob("*/*.*")
    paths = {
        *map(in_workspace, found.evidence.files),
        *(path.relative_to(found.root).as_posix() for path in sealed),
    }
    profile = found.survey.facts.profile
    has_history = found.repository is not None and found.repository.head() is not None
    return stock_check_page(
        checks_of(
            paths,
            organization=profile.organization.legal_name,
            root_of_trust=found.judgement.chain.root_sha256,
            set_head=found.register.set_head,
            roots=profile.publication.timestamp_roots,
            history=".git" if has_history else None,
        )
    )
