"""The SSH wire encoding (RFC 4251, section 5), read strictly."""

from __future__ import annotations

MAXIMUM_INTEGER_BYTES = 2049
"""An RSA key of 16384 bits with its sign byte; nothing longer is a key."""


class SignatureError(Exception):
    """A signature or key does not hold, with the reason as a sentence."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Reader:
    """Takes values from the front of a blob."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._position = 0

    def take(self, count: int) -> bytes:
        """The next `count` bytes.

        Raises:
            SignatureError: Fewer are left.
        """
        end = self._position + count
        if end > len(self._data):
            raise SignatureError("the signature is cut off")
        value = self._data[self._position : end]
        self._position = end
        return value

    def number(self) -> int:
        """A uint32."""
        return int.from_bytes(self.take(4), "big")

    def string(self) -> bytes:
        """A string: its length as uint32, then its bytes."""
        return self.take(self.number())

    def integer(self) -> int:
        """An mpint that is not negative, in its shortest form."""
        data = self.string()
        if len(data) > MAXIMUM_INTEGER_BYTES:
            raise SignatureError("a number in the signature is too long")
        value = int.from_bytes(data, "big")
        if data != integer_bytes(value):
            raise SignatureError("a number in the signature is negative or padded")
        return value

    def expect_end(self) -> None:
        """Refuse anything that is left.

        Raises:
            SignatureError: Bytes are left.
        """
        if self._position != len(self._data):
            left = len(self._data) - self._position
            raise SignatureError(f"{left} bytes follow where the signature should end")


def string(data: bytes) -> bytes:
    """`data` as an SSH string."""
    return len(data).to_bytes(4, "big") + data


def integer_bytes(value: int) -> bytes:
    """The bytes of a non-negative mpint, without its length; zero has none."""
    return value.to_bytes(value.bit_length() // 8 + 1, "big") if value else b""
