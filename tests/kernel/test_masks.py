"""Masks keep what recognises and hide what identifies."""

from __future__ import annotations

import pytest

from ohs.kernel.masks import mask_id_number, mask_name, mask_phone


@pytest.mark.parametrize(
    ("name", "masked"), [("张敏", "张*"), ("欧阳明辉", "欧阳*"), ("欧阳", "欧*"), ("NGUYEN VAN MINH", "N*"), ("𣲗国", "𣲗*"), ("", "")]
)
def test_names(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(("number", "masked"), [("330402199003071234", "330402********1234"), ("E0012345", "E******5"), ("12", "**")])
def test_identity_numbers(number: str, masked: str) -> None:
    assert mask_id_number(number) == masked


@pytest.mark.parametrize(("phone", "masked"), [("13812345678", "138****5678"), ("0573-8888", "057****8888"), ("110", "***")])
def test_phones(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked
