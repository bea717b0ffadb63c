"""Masks keep what recognises and hide what identifies."""

from __future__ import annotations

import pytest

from ohs.kernel.masks import mask_id_number, mask_name, mask_phone


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张敏", "张*"),
        ("欧阳明辉", "欧阳*"),
        ("欧阳", "欧*"),
        ("NGUYEN VAN MINH", "N*"),
        ("𣲗国", "𣲗*"),
        ("淳于琼", "淳于*"),
        ("买买提·吐尔逊", "买*"),
        (" 张敏", "张*"),
        ("张", "张*"),
        ("", ""),
    ],
)
def test_names(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("330402199003071234", "330402********1234"),
        ("E0012345", "E******5"),
        ("330402900307123", "330402*****7123"),
        ("H1234567801", "H*********1"),
        ("12", "**"),
    ],
)
def test_identity_numbers(number: str, masked: str) -> None:
    assert mask_id_number(number) == masked


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("13812345678", "138****5678"),
        ("0573-8888", "*****8888"),
        ("88881234", "****1234"),
        ("0573-88881234", "057****1234"),
        ("110", "***"),
    ],
)
def test_phones(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked
