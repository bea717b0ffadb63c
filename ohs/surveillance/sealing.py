"""What of an examination is sealed: everything medical or personal that no list filters by, written as one JSON text."""

from __future__ import annotations

import json

import polars as pl

SEALED_PURPOSE = "examination.sealed"
#: Keys of the format, in the order in which they are written.
SEALED_KEYS = (
    "systolic_mmhg", "diastolic_mmhg", "wbc_10e9_l", "rbc_10e12_l", "hb_g_l", "plt_10e9_l", "alt_u_l", "urine_protein", "urine_glucose",
    "ecg", "chest_film", "fvc_pct", "fev1_pct", "fev1_fvc_pct", "hearing_high_db", "hearing_speech_left_db", "hearing_speech_right_db",
    "blood_lead_ug_l", "recheck_items", "suspected_disease", "contraindication", "other_finding", "advice", "chief_physician",
    "work_years", "work_months", "exposure_started_on", "exposure_years", "exposure_months",
)  # fmt: skip


def written_records(rows: pl.DataFrame) -> pl.Series:
    """For every row a JSON object of the sealed keys that have a value."""
    entries = [f'"{key}":' + _as_json(rows[key]) for key in SEALED_KEYS]
    return pl.select("{" + pl.concat_str([pl.lit(entry) for entry in entries], separator=",", ignore_nulls=True) + "}").to_series()


def _as_json(values: pl.Series) -> pl.Series:
    """Numbers as they are, days and texts as JSON strings; nothing where nothing is. A text is written once for all its rows."""
    if values.dtype.is_numeric():
        return values.cast(pl.String)
    if values.dtype == pl.Date:
        return '"' + values.cast(pl.String) + '"'
    distinct = values.drop_nulls().unique()
    if distinct.is_empty():
        return values
    return values.replace_strict(distinct, [json.dumps(text, ensure_ascii=False) for text in distinct], default=None)
