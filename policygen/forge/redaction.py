"""Redaction: a recording keeps who did what, and no mail addresses, pictures or secrets."""

from __future__ import annotations

import hashlib
import re

MAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,128}(?:\[bot\])?"
    r"@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
)
"""An address, or what looks like one."""

REDACTED = re.compile(r"sha256-([0-9a-f]{64})@redacted\.invalid")
"""What stands for an address: its digest, so that authors can still be told from approvers."""

_DROPPED = frozenset(
    {"avatar_url", "gravatar_id", "avatar", "public_email", "ip_address", "download_url"}
)
_SECRET = re.compile(r"token|secret|password|private_key")
"""Members that forges show to maintainers, e.g. `runners_token`; settings of that name are kept."""

_CREDENTIALS = re.compile(r"(?<=://)[^/\s@]{1,256}@|(?<=[?&])[a-z_]*token=[^&\s#\"']+")
"""Of an address: who signs in, and what lets others in."""

_MAILS = frozenset({"email", "author_email", "committer_email", "commit_email"})
"""Members that are an address, of whatever form."""

_ACCOUNT_LINKS = frozenset({"login", "username"})
"""An object with one of these is an account, whose links say nothing more about it."""

_KEPT_LINKS = frozenset({"html_url", "web_url"})


def redacted(value: object) -> object:
    """A value of an answer without addresses, pictures and the links of accounts."""
    if isinstance(value, dict):
        is_account = bool(_ACCOUNT_LINKS & value.keys())
        return {
            key: _whole(item) if key in _MAILS else redacted(item)
            for key, item in value.items()
            if not _is_dropped(key, item) and not (is_account and _is_link(key))
        }
    if isinstance(value, list):
        return [redacted(item) for item in value]
    if isinstance(value, str):
        return MAIL.sub(_token, _CREDENTIALS.sub("", value))
    return value


def _whole(value: object) -> object:
    """A member that is an address, whatever it looks like."""
    if not isinstance(value, str):
        return redacted(value)
    if not value or REDACTED.fullmatch(value):
        return value
    return f"sha256-{mail_digest(value)}@redacted.invalid"


def mail_digest(mail: str) -> str:
    """SHA-256 of an address in lower case."""
    return hashlib.sha256(mail.lower().encode()).hexdigest()


def digest_in(text: str) -> str | None:
    """The digest that stands for an address; None where the text is no redacted address."""
    found = REDACTED.fullmatch(text)
    return found[1] if found else None


def _token(match: re.Match[str]) -> str:
    mail = match[0]
    return mail if REDACTED.fullmatch(mail) else f"sha256-{mail_digest(mail)}@redacted.invalid"


def _is_dropped(key: str, value: object) -> bool:
    """`download_url` of a private repository lets in whoever has it."""
    return key in _DROPPED or (isinstance(value, str) and _SECRET.search(key.lower()) is not None)


def _is_link(key: str) -> bool:
    return key.endswith("_url") and key not in _KEPT_LINKS
