"""Encryption at rest: what was sealed is read by its purpose only, and rotation leaves nothing under the old key."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ohs.kernel.crypto import KeyFileError, Keyring

ALGORITHMS = ("AES-GCM", "SM4-GCM")


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_sealed_value_comes_back(algorithm: str) -> None:
    ring = Keyring.new(algorithm=algorithm)
    assert ring.unseal("worker.phone", ring.seal("worker.phone", b"13800000000")) == b"13800000000"


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_value_cannot_move_to_another_column(algorithm: str) -> None:
    ring = Keyring.new(algorithm=algorithm)
    with pytest.raises(ValueError, match="belongs elsewhere"):
        ring.unseal("user.phone", ring.seal("worker.phone", b"1"))


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_changed_value_is_refused(algorithm: str) -> None:
    ring = Keyring.new(algorithm=algorithm)
    sealed = bytearray(ring.seal("worker.phone", b"13800000000"))
    sealed[-20] ^= 1
    with pytest.raises(ValueError, match="changed"):
        ring.unseal("worker.phone", bytes(sealed))


def test_the_same_text_is_never_sealed_alike_but_found_alike() -> None:
    ring = Keyring.new()
    assert ring.seal("a", b"x") != ring.seal("a", b"x")
    assert ring.blind("worker", "x") == ring.blind("worker", "x") != ring.blind("user", "x")


def test_a_new_key_seals_while_the_old_one_still_reads() -> None:
    old = Keyring.new()
    sealed = old.seal("a", b"x")
    new = old.with_new_key()
    assert new.unseal("a", sealed) == b"x"
    assert new.key_id(new.seal("a", b"x")) == "k2" != new.key_id(sealed)
    assert new.blind("a", "x") == old.blind("a", "x")


@pytest.mark.parametrize(
    "change",
    [
        lambda ring: [], lambda ring: ring | {"keys": []}, lambda ring: ring | {"keys": {}}, lambda ring: ring | {"current": "k9"}, lambda ring: ring | {"index": ""},
        lambda ring: ring | {"keys": {"k1": "AAAA"}}, lambda ring: ring | {"algorithm": "ROT13"}, lambda ring: ring | {"keys": {"k1": "é"}}, lambda ring: ring | {"keys": {"k1": 5}},
    ],
)  # fmt: skip
def test_a_key_file_that_is_not_of_the_form_gets_a_sentence(tmp_path: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    path = tmp_path / "keys.json"
    Keyring.new().write(path)
    path.write_text(json.dumps(change(json.loads(path.read_text()))))
    with pytest.raises(KeyFileError, match="not of the form"):
        Keyring.read(path)


def test_what_stands_in_the_place_of_the_key_file_gets_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match="cannot be read"):
        Keyring.read(tmp_path)


def test_only_its_owner_can_read_a_key_file(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    (tmp_path / "keys.json.new").touch(0o644)
    Keyring.new().write(path)
    assert path.stat().st_mode & 0o777 == 0o600
