"""Trends of a person's examinations as pages show them: a picture from the server, each with its table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy.orm import Session, undefer

from ohs.kernel.audit import audit, note_reading
from ohs.kernel.charts import Series
from ohs.kernel.i18n import say
from ohs.kernel.trend_charts import Bound, trend_chart
from ohs.registry.models import Worker
from ohs.registry.queries import standing_ids
from ohs.surveillance.labels import item_label
from ohs.surveillance.models import Examination
from ohs.surveillance.queries import examinations_visible_to, for_list
from ohs.surveillance.records import show_examination
from ohs.surveillance.trends import DERIVED_LABELS, Trend, trends_of

#: More examinations than this no working life has.
MOST = 120


@dataclass(frozen=True)
class DrawnTrend:
    """A trend with its picture."""

    trend: Trend
    picture: Markup


def column_label(key: str) -> str:
    """The official heading of a column, or what a derived one is called."""
    return say(DERIVED_LABELS[key]) if key in DERIVED_LABELS else item_label(key)


def drawn_trends(records: Iterable[tuple[Examination, Mapping[str, Any]]], sex: str) -> list[DrawnTrend]:
    """The trends of one person, drawn."""
    return [DrawnTrend(trend, _picture(trend)) for trend in trends_of(records, sex)]


def _picture(trend: Trend) -> Markup:
    lines = [Series(column_label(key), trend.line(key)) for key in trend.keys]
    bounds: dict[float, Bound] = {}
    for norm in trend.norms.values():
        for end in (norm.low, norm.high):
            if end is not None:
                bounds[end] = Bound(end, _("reference %(value)s", value=f"{end:g}"))
    return trend_chart(trend.days, lines, say(trend.title), list(bounds.values()))


def trends_panel(session: Session, user: Any, worker: Worker) -> dict[str, Any] | None:
    """A worker's trends, of the examinations whose values this reader may see; opening them is kept on record."""
    ids = standing_ids(session, Worker, worker.id)
    question = for_list(examinations_visible_to(user).where(Examination.worker_id.in_(ids))).options(undefer(Examination.sealed))
    rows = session.scalars(question.order_by(Examination.examined_on.desc(), Examination.id.desc()).limit(MOST)).all()
    readable = [shown for shown in (show_examination(row, user) for row in rows) if shown.has_values]
    trends = drawn_trends([(shown.examination, shown.items) for shown in readable], worker.sex)
    if not trends:
        return None
    note_reading(session, audit("worker:read-values", worker, user, after={"examinations": len(readable)}))
    return {"trends": trends, "column_label": column_label}
