"""Signed notes and checkpoints as C2SP describes them (signed-note, tlog-checkpoint). Pure.

A note is text that ends in a newline, an empty line, and one line per signature::

    — NAME BASE64(key id, 4 bytes, and Ed25519 signature, 64 bytes)
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_ED25519 = b"\x01"
_COSIGNATURE = b"\x04"
_LATEST = 253402300799
"""The last second of the year 9999."""
_KEY_ID_SIZE = 4
_SIGNATURE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")
_DIGITS = re.compile(r"0|[1-9][0-9]*")


class Fault(StrEnum):
    """Why a note cannot be relied on."""

    MALFORMED = "malformed"
    UNKNOWN_KEY = "unknown-key"
    WRONG_SIGNATURE = "wrong-signature"


class NoteError(ValueError):
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


def decode(text: str) -> bytes:
    """The bytes behind base64 in its one form: bits that mean nothing are zero, so that no
    character can be changed unseen (RFC 4648, 3.5)."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteError(Fault.MALFORMED) from error
    if encode(data) != text:
        raise NoteError(Fault.MALFORMED)
    return data


def encode(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key with its name. ``str()`` is the C2SP form ``name+id+base64``."""

    name: str
    public: bytes

    @classmethod
    def parse(cls, text: str) -> Verifier:
        """Raises ``NoteError`` (malformed) on anything but an Ed25519 verifier key."""
        parts = text.strip().split("+", 2)
        if len(parts) != 3 or not parts[0] or re.search(r"\s", parts[0]):  # noqa: PLR2004
            raise NoteError(Fault.MALFORMED)
        data = decode(parts[2])
        key = cls(parts[0], data[1:])
        if data[:1] != _ED25519 or len(key.public) != 32 or parts[1] != key.key_id:  # noqa: PLR2004
            raise NoteError(Fault.MALFORMED)
        return key

    @property
    def id_bytes(self) -> bytes:
        material = self.name.encode() + b"\n" + _ED25519 + self.public
        return hashlib.sha256(material).digest()[:_KEY_ID_SIZE]

    @property
    def key_id(self) -> str:
        """Eight hexadecimal digits."""
        return self.id_bytes.hex()

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id}+{encode(_ED25519 + self.public)}"

    def verify(self, data: bytes, signature: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, data)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Signer:
    name: str
    private: Ed25519PrivateKey

    @property
    def verifier(self) -> Verifier:
        return Verifier(self.name, self.private.public_key().public_bytes_raw())

    def signature_line(self, text: str) -> str:
        signature = self.private.sign(text.encode())
        return f"— {self.name} {encode(self.verifier.id_bytes + signature)}\n"

    def sign(self, text: str) -> str:
        """``text`` as a signed note; it must end in a newline."""
        if not text.endswith("\n"):
            raise NoteError(Fault.MALFORMED)
        return f"{text}\n{self.signature_line(text)}"


def open_note(note: str, verifiers: tuple[Verifier, ...]) -> tuple[str, Verifier]:
    """The text and the key that signed it.

    Signatures by unknown keys are passed over; a wrong one by a known key is an error.
    """
    head, found, tail = note.rpartition("\n\n")
    if not found or not tail.endswith("\n"):
        raise NoteError(Fault.MALFORMED)
    text = head + "\n"
    known = {(each.name, each.id_bytes): each for each in verifiers}
    signers = []
    for line in tail[:-1].split("\n"):
        match = _SIGNATURE.fullmatch(line)
        if not match:
            raise NoteError(Fault.MALFORMED)
        data = decode(match[2])
        verifier = known.get((match[1], data[:_KEY_ID_SIZE]))
        if verifier is None:
            continue
        if not verifier.verify(text.encode(), data[_KEY_ID_SIZE:]):
            raise NoteError(Fault.WRONG_SIGNATURE)
        signers.append(verifier)
    if not signers:
        raise NoteError(Fault.UNKNOWN_KEY)
    return text, signers[0]


@dataclass(frozen=True, slots=True)
class TreeHead:
    """What a checkpoint states: the log's name, its number of entries and its root hash."""

    origin: str
    size: int
    root: bytes

    @classmethod
    def parse(cls, text: str) -> TreeHead:
        lines = text.split("\n")
        if len(lines) < 4 or not lines[0] or not _DIGITS.fullmatch(lines[1]):  # noqa: PLR2004
            raise NoteError(Fault.MALFORMED)
        root = decode(lines[2])
        if len(root) != 32:  # noqa: PLR2004
            raise NoteError(Fault.MALFORMED)
        return cls(lines[0], int(lines[1]), root)

    def __str__(self) -> str:
        return f"{self.origin}\n{self.size}\n{encode(self.root)}\n"


def open_checkpoint(note: str, verifiers: tuple[Verifier, ...]) -> tuple[TreeHead, Verifier]:
    """The tree head of a checkpoint signed by one of ``verifiers`` under the log's own name."""
    text, verifier = open_note(note, verifiers)
    head = TreeHead.parse(text)
    if head.origin != verifier.name:
        raise NoteError(Fault.UNKNOWN_KEY)
    return head, verifier


def split(note: str) -> tuple[str, list[str]]:
    """The signed text and the signature lines of a note, none of them checked."""
    head, found, tail = note.rpartition("\n\n")
    if not found or not tail.endswith("\n"):
        raise NoteError(Fault.MALFORMED)
    return head + "\n", tail[:-1].split("\n")


@dataclass(frozen=True, slots=True)
class WitnessKey:
    """The Ed25519 key of a witness, who signs checkpoints together with the time at which he saw
    them (C2SP tlog-cosignature, ``cosignature/v1``)."""

    name: str
    public: bytes

    @classmethod
    def parse(cls, text: str) -> WitnessKey:
        """Raises ``NoteError`` (malformed) on anything but the verifier key of a witness."""
        parts = text.strip().split("+", 2)
        if len(parts) != 3 or not parts[0] or re.search(r"\s", parts[0]):  # noqa: PLR2004
            raise NoteError(Fault.MALFORMED)
        data = decode(parts[2])
        key = cls(parts[0], data[1:])
        if data[:1] != _COSIGNATURE or len(key.public) != 32 or parts[1] != key.key_id:  # noqa: PLR2004
            raise NoteError(Fault.MALFORMED)
        return key

    @property
    def key_id(self) -> str:
        """Eight hexadecimal digits."""
        material = self.name.encode() + b"\n" + _COSIGNATURE + self.public
        return hashlib.sha256(material).digest()[:_KEY_ID_SIZE].hex()

    def find(self, text: str, lines: list[str]) -> tuple[str, int]:
        """The witness's own line under ``text``, and the seconds since 1970 that it states."""
        for line in lines:
            match = _SIGNATURE.fullmatch(line)
            if not match:
                raise NoteError(Fault.MALFORMED)
            data = decode(match[2])
            if match[1] != self.name or data[:_KEY_ID_SIZE].hex() != self.key_id:
                continue
            stamp, signature = data[_KEY_ID_SIZE : _KEY_ID_SIZE + 8], data[_KEY_ID_SIZE + 8 :]
            seconds = int.from_bytes(stamp, "big")
            signed = f"cosignature/v1\ntime {seconds}\n{text}".encode()
            if seconds > _LATEST or not Verifier(self.name, self.public).verify(signed, signature):
                raise NoteError(Fault.WRONG_SIGNATURE)
            return line, seconds
        raise NoteError(Fault.UNKNOWN_KEY)
