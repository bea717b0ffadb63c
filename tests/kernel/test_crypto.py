"""Encryption at rest: what was sealed is read by its purpose only, and rotation leaves nothing under the old key."""

from __future__ import annotations

import pytest

from ohs.kernel.crypto import Keyring

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
