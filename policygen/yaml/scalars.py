"""Scalars of YAML: what plain text means, and how text is written so that no reader mistakes it.

Reading follows the YAML 1.2 core schema. Writing also minds readers of YAML 1.1, to whom `no` is
false and `12:30` a number.
"""

from __future__ import annotations

import json
import math
import re
from typing import TypeAlias

Scalar: TypeAlias = str | int | float | bool | None

FORBIDDEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)
"""Control, bidirectional and invisible characters: what people see must be what stands there."""

MAX_DIGITS = 18
"""Longest whole number that is read; no fact about an organization needs more."""

_WORDS: dict[str, bool | None] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_.@/+-]*(?: [A-Za-z0-9_.@/+(][A-Za-z0-9_.@/+();,-]*)*")
_MISTAKABLE = re.compile(r"(?i)y|n|yes|no|on|off|true|false|null|nan|inf")


class NotANumberError(ValueError):
    """Plain text that reads as a number which cannot be kept exactly."""


def meaning(text: str) -> Scalar:
    """What plain, unquoted text means.

    Raises:
        NotANumberError: It is infinite, not a number, or has too many digits.

    >>> meaning("NO"), meaning("true"), meaning("2026-11-20"), meaning("1.10"), meaning("~")
    ('NO', True, '2026-11-20', 1.1, None)
    """
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        if len(text) > MAX_DIGITS + 1:
            raise NotANumberError(f"the number {text[:12]}... has more than {MAX_DIGITS} digits")
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
    if _FLOAT.fullmatch(text):
        number = float(text)
        if math.isinf(number):
            raise NotANumberError(f"the number {text[:24]} is too large")
        return number
    if _NOT_FINITE.fullmatch(text):
        raise NotANumberError(f"{text} is no number that can be used")
    return text


def written(value: Scalar) -> str:
    """A scalar as YAML, on one line.

    Raises:
        ValueError: A number that is not finite.

    >>> written("identity provider"), written("no"), written("1.10"), written(None), written("a: b")
    ('identity provider', '"no"', '"1.10"', 'null', '"a: b"')
    """
    if not isinstance(value, str):
        return json.dumps(value, allow_nan=False)
    if _PLAIN.fullmatch(value) and not _MISTAKABLE.fullmatch(value):
        return value
    quoted = json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return FORBIDDEN.sub(lambda found: _escaped(found[0]), quoted)


def _escaped(character: str) -> str:
    point = ord(character)
    return f"\\U{point:08x}" if point > 0xFFFF else f"\\u{point:04x}"
