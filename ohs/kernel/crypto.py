"""Encryption at rest: sealed texts with key ids, blind indexes for exact search, and rotation.

A sealed value is `0x01 | length of key id | key id | 12 bytes nonce | ciphertext and tag`; the purpose of the column is
authenticated with it, so that a value cannot be moved into another column. Algorithms: AES-256-GCM with HMAC-SHA-256,
or SM4-GCM with HMAC-SM3, chosen in the key file.
"""

from __future__ import annotations

import base64
import hmac as stdlib_hmac
import json
import os
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import Flask, current_app
from sqlalchemy import LargeBinary, TypeDecorator

NONCE = 12
TAG = 16
INDEX_BYTES = 16


class KeyFileError(Exception):
    """The key file is missing or not of the form."""


def write_secret(path: Path, content: bytes) -> None:
    """Write a file that only its owner ever could read, in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.new")
    beside.unlink(missing_ok=True)
    with open(beside, "wb", opener=owners_only) as file:
        file.write(content)
    beside.replace(path)


def owners_only(path: str, flags: int) -> int:
    """Opens a file so that, where it is new, only its owner can read it."""
    return os.open(path, flags, 0o600)


class _Aead(Protocol):
    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes: ...
    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes: ...


class _Sm4Gcm:
    """SM4 in GCM, in the shape of `AESGCM`."""

    def __init__(self, key: bytes) -> None:
        self._algorithm = algorithms.SM4(key[:16])

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        encryptor = Cipher(self._algorithm, modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(associated_data or b"")
        return encryptor.update(data) + encryptor.finalize() + encryptor.tag

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        decryptor = Cipher(self._algorithm, modes.GCM(nonce, data[-TAG:])).decryptor()
        decryptor.authenticate_additional_data(associated_data or b"")
        return decryptor.update(data[:-TAG]) + decryptor.finalize()


CIPHERS: dict[str, Callable[[bytes], _Aead]] = {"AES-GCM": AESGCM, "SM4-GCM": _Sm4Gcm}


@dataclass
class Keyring:
    """The data keys of this system. `index_key` never rotates with them: old indexes must stay findable."""

    current: str
    keys: dict[str, bytes]
    index_key: bytes
    algorithm: str = "AES-GCM"
    demonstration: bool = False

    def __post_init__(self) -> None:
        if self.current not in self.keys or len(self.index_key) < INDEX_BYTES:
            raise ValueError("the current key or the index key is missing")
        self._ciphers = {name: CIPHERS[self.algorithm](key) for name, key in self.keys.items()}

    @classmethod
    def new(cls, *, algorithm: str = "AES-GCM", demonstration: bool = False) -> Keyring:
        """A ring with one fresh key."""
        return cls("k1", {"k1": secrets.token_bytes(32)}, secrets.token_bytes(32), algorithm, demonstration)

    @classmethod
    def read(cls, path: Path) -> Keyring:
        """Read a key file; raises `KeyFileError` with a sentence."""
        try:
            found = json.loads(path.read_text())
            keys = {name: base64.b64decode(key) for name, key in found["keys"].items()}
            return cls(
                found["current"],
                keys,
                base64.b64decode(found["index"]),
                found.get("algorithm", "AES-GCM"),
                bool(found.get("demonstration")),
            )
        except FileNotFoundError as missing:
            raise KeyFileError(f"the key file {path} does not exist; create one with: flask new-keys") from missing
        except OSError as unread:
            raise KeyFileError(f"the key file {path} cannot be read ({unread.strerror})") from unread
        except (ValueError, KeyError, TypeError, AttributeError) as wrong:
            raise KeyFileError(f"the key file {path} is not of the form ({type(wrong).__name__})") from wrong

    def write(self, path: Path) -> None:
        """Write the ring, readable by its owner only, in one step."""
        encode = lambda key: base64.b64encode(key).decode()  # noqa: E731
        text = json.dumps(
            {
                "algorithm": self.algorithm,
                "current": self.current,
                "keys": {name: encode(key) for name, key in self.keys.items()},
                "index": encode(self.index_key),
                "demonstration": self.demonstration,
            },
            indent=2,
        )
        write_secret(path, text.encode())

    def with_new_key(self) -> Keyring:
        """The same ring with a fresh current key; the old ones stay until everything is sealed anew."""
        number = 1 + max(int(name.removeprefix("k")) for name in self.keys if name.removeprefix("k").isdigit())
        name = f"k{number}"
        return Keyring(name, {**self.keys, name: secrets.token_bytes(32)}, self.index_key, self.algorithm, self.demonstration)

    def seal(self, purpose: str, data: bytes) -> bytes:
        """Encrypt `data` for one purpose (a column)."""
        return self.sealer(purpose)(data)

    def sealer(self, purpose: str) -> Callable[[bytes], bytes]:
        """`seal` for one purpose with everything fixed outside the loop, for loaders."""
        name = self.current.encode()
        head = bytes([1, len(name)]) + name
        encrypt = self._ciphers[self.current].encrypt
        associated = purpose.encode()
        random = os.urandom

        def seal(data: bytes) -> bytes:
            nonce = random(NONCE)
            return head + nonce + encrypt(nonce, data, associated)

        return seal

    def seal_all(self, purpose: str, texts: Iterable[str | None]) -> list[bytes | None]:
        """`seal` for many texts of one purpose; what is missing stays so."""
        name = self.current.encode()
        head = bytes([1, len(name)]) + name
        encrypt = self._ciphers[self.current].encrypt
        associated = purpose.encode()
        plain = [None if text is None else text.encode() for text in texts]
        random = os.urandom(NONCE * len(plain))
        nonces = (random[start : start + NONCE] for start in range(0, len(random), NONCE))
        return [
            None if data is None else head + nonce + encrypt(nonce, data, associated) for data, nonce in zip(plain, nonces, strict=True)
        ]

    def unseal(self, purpose: str, sealed: bytes) -> bytes:
        """The plain bytes; raises `ValueError` for a foreign key, purpose or tampered value."""
        if len(sealed) < 2 or len(sealed) < 2 + sealed[1] + NONCE + TAG:
            raise ValueError("the sealed value is cut short")
        length = sealed[1]
        name = sealed[2 : 2 + length].decode(errors="replace")
        if name not in self._ciphers:
            raise ValueError(f"sealed with a key ({name}) that this system does not have")
        nonce = sealed[2 + length : 2 + length + NONCE]
        try:
            return self._ciphers[name].decrypt(nonce, sealed[2 + length + NONCE :], purpose.encode())
        except InvalidTag as tampered:
            raise ValueError("the sealed value was changed or belongs elsewhere") from tampered

    def key_id(self, sealed: bytes) -> str:
        """Which key sealed this."""
        return sealed[2 : 2 + sealed[1]].decode()

    def blind(self, kind: str, text: str) -> bytes:
        """A keyed digest under which the same text is found again, and nothing else can be learned."""
        return self.blind_all(kind, (text,))[0]

    def blind_all(self, kind: str, texts: Iterable[str]) -> list[bytes]:
        """`blind` for many texts of one kind."""
        prefix = kind.encode() + b"\0"
        if self.algorithm == "SM4-GCM":
            return [self._blind_sm3(prefix + text.encode()) for text in texts]
        digest, key = stdlib_hmac.digest, self.index_key
        return [digest(key, prefix + text.encode(), "sha256")[:INDEX_BYTES] for text in texts]

    def proof(self, kind: str, data: bytes) -> str:
        """A keyed digest of the full length, in hexadecimal, that nobody without the keys can make."""
        machine = hmac.HMAC(self.index_key, hashes.SM3() if self.algorithm == "SM4-GCM" else hashes.SHA256())
        machine.update(kind.encode() + b"\0" + data)
        return machine.finalize().hex()

    def _blind_sm3(self, data: bytes) -> bytes:
        machine = hmac.HMAC(self.index_key, hashes.SM3())
        machine.update(data)
        return machine.finalize()[:INDEX_BYTES]


class Sealed(TypeDecorator[str]):
    """A text column encrypted at rest. `purpose` is authenticated with the value, e.g. `worker.id_number`."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, purpose: str) -> None:
        super().__init__()
        self.purpose = purpose

    def process_bind_param(self, value: str | None, dialect: Any) -> bytes | None:
        return None if value is None else keyring().seal(self.purpose, value.encode())

    def process_result_value(self, value: bytes | None, dialect: Any) -> str | None:
        return None if value is None else keyring().unseal(self.purpose, bytes(value)).decode()


class SealedBytes(LargeBinary):
    """A column of bytes that its area seals and opens itself, all at once or when they are wanted; named here so that rotation finds it."""

    def __init__(self, purpose: str, at_once: int = 500) -> None:
        super().__init__()
        self.purpose = purpose
        #: How many such values fit into memory together.
        self.at_once = at_once


def keyring() -> Keyring:
    """The keys of the running application; read anew when the key file has changed (rotation by another process)."""
    state: _State = current_app.extensions["keyring"]
    return state.ring()


def blind(kind: str, text: str) -> bytes:
    """`Keyring.blind` of the running application."""
    return keyring().blind(kind, text)


class _State:
    def __init__(self, path: Path, *, create: bool) -> None:
        self.path = path
        self.create = create
        self._ring: Keyring | None = None
        self._stamp: tuple[int, int] | None = None

    def ring(self) -> Keyring:
        try:
            status = self.path.stat()
            stamp = (status.st_mtime_ns, status.st_ino)
        except FileNotFoundError:
            if not self.create:
                raise KeyFileError(f"the key file {self.path} does not exist; create one with: flask new-keys") from None
            Keyring.new(demonstration=True).write(self.path)
            return self.ring()
        if self._ring is None or stamp != self._stamp:
            self._ring, self._stamp = Keyring.read(self.path), stamp
        return self._ring


def init_app(app: Flask) -> None:
    """Hold the key file of this application; demonstration and test systems make their own."""
    app.extensions["keyring"] = _State(app.config["KEYS_FILE"], create=app.config["DEMO"] or app.config["TESTING"])
