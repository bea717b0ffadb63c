"""The checks of the form: every fault and remark of a version, each at its field, with both numbers where two disagree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ohs.declarations.fields import BY_KEY, CLASS_LABELS, FIELDS, FIRST_YEAR, FORCING, ROWS, SIZES, Rows, step_of
from ohs.declarations.rules import day_of
from ohs.kernel.message import Message
from ohs.rulebook.documents import cited
from ohs.rulebook.hazards import CATEGORIES, category_of, codes_named, hazard_name, unclear
from ohs.rulebook.industries import find_industry, risk_class
from ohs.rulebook.tables import table
from ohs.rulebook.thresholds import threshold


@dataclass(frozen=True)
class Fault:
    """What is wrong at a field. A remark (`is_remark`) is told and hinders nothing."""

    field: str
    code: str
    message: Message
    is_remark: bool = False

    @property
    def step(self) -> str:
        return step_of(self.field)


@dataclass(frozen=True)
class Known:
    """What a check knows besides the form: the kind, the day, the last accepted number of diseases, the size by the method."""

    kind: str
    on: date
    diseases_before: int | None = None
    computed_size: str = ""
    #: Answers of the version in force; empty for the first.
    before: Mapping[str, Any] = field(default_factory=dict)


def check(form: Mapping[str, Any], rows: Rows, known: Known) -> list[Fault]:
    """Every fault and remark, in the order of the form. Where a value cannot be read, nothing that follows from it is said."""
    checking = _Check(form, rows, known)
    return [
        *checking.required(),
        *checking.facts(),
        *checking.rows_complete(),
        *checking.people(),
        *checking.hazards(),
        *checking.sites(),
        *checking.care(),
        *checking.remarks(),
    ]


class _Check:
    def __init__(self, form: Mapping[str, Any], rows: Rows, known: Known) -> None:
        self.form, self.rows, self.known = form, rows, known
        self.codes = [codes_named(str(row.get("hazard") or "")) for row in rows["hazards"]]
        self.by_class: dict[str, list[int]] = defaultdict(list)
        for row, codes in zip(rows["hazards"], self.codes, strict=True):
            if len(codes) == 1:
                self.by_class[category_of(codes[0])].append(row.get("exposed") or 0)

    def value(self, key: str) -> Any:
        return self.form.get(key)

    def _is_required(self, rule: str) -> bool:
        if rule in ("yes", "no"):
            return rule == "yes"
        name, _equals, wanted = rule.partition("=")
        if name == "kind":
            return self.known.kind == wanted
        if name == "class":
            return wanted in self.by_class
        return self.value(name) == wanted

    def required(self) -> Iterator[Fault]:
        for one in FIELDS:
            value = self.value(one.key)
            if value in (None, "") and self._is_required(one.required):
                yield Fault(one.key, "required", Message("Fill this in."))
            elif one.kind == "int" and isinstance(value, int) and value < 0:
                yield Fault(one.key, "out-of-range", Message("A count is never below 0; %(value)s stands here.", value=value))

    def facts(self) -> Iterator[Fault]:
        """What one answer alone, or beside the version in force, already shows."""
        year, now = self.value("year"), self.known.on.year
        if isinstance(year, int) and not FIRST_YEAR <= year <= now:
            yield Fault(
                "year", "out-of-range", Message("%(year)s is not between %(first)s and %(last)s.", year=year, first=FIRST_YEAR, last=now)
            )
        industry = self.value("industry")
        found = find_industry(str(industry)) if industry else None
        if industry and (found is None or len(found["code"]) < 3):
            yield Fault(
                "industry",
                "unknown-industry",
                Message("“%(text)s” is no industry with three digits at least; look it up in GB/T 4754.", text=industry),
            )
        elif found and self.value("solvents") not in ("yes", "no"):
            risk = risk_class(found["code"], self.known.on)
            if risk.is_answered and isinstance(risk.value, dict) and risk.value["ask"] == "solvents":
                yield Fault("solvents", "required", Message("The risk class of this industry depends on it: say yes or no."))
        for key in ("changed_on", "completed_on"):
            if (day := day_of(self.value(key))) and day > self.known.on:
                yield Fault(key, "in-the-future", Message("This day, %(day)s, lies in the future.", day=day.isoformat()))
        if self.known.kind == "update":
            yield from self._forced()

    def _forced(self) -> Iterator[Fault]:
        """A real change of size, economic type or industry is declared as a change, never with the annual update."""
        for key in FORCING:
            before, now = self.known.before.get(key), self.value(key)
            if before and now and _really_differs(key, str(before), str(now)):
                yield Fault(
                    key, "disagrees",
                    Message("Last accepted: %(before)s, now: %(now)s. Such a change is filed as a declaration of a change, not with the annual update.", before=_shown(key, str(before)), now=_shown(key, str(now))),
                )  # fmt: skip

    def rows_complete(self) -> Iterator[Fault]:
        if not self.rows["hazards"]:
            yield Fault("hazards", "required", Message("Name at least one hazard factor."))
        for name in ("products", "materials", "sites"):
            if not self.rows[name]:
                yield Fault(
                    name,
                    "required",
                    Message("Give at least one row; where there is nothing, write 无 and 0.")
                    if name != "sites"
                    else Message("Say at which sites the hazards are."),
                    is_remark=name != "products",
                )
        needed = {
            "hazards": ["hazard", "exposed"],
            "sites": ["site", "hazard", "exposed_repeated"],
            "products": ["name", "yearly", "unit"],
            "materials": ["name", "yearly", "unit"],
        }
        if self.value("tested") == "yes":
            needed["hazards"] += ["points_tested", "points_over"]
        if self.value("examined") == "yes":
            needed["hazards"] += ["due_for_exam", "examined"]
        for name, keys in needed.items():
            for number, row in enumerate(self.rows[name]):
                for key in keys:
                    if row.get(key) in (None, ""):
                        yield Fault(f"{name}-{number}-{key}", "required", Message("Fill this in."))
                for column in ROWS[name]:
                    value = row.get(column.key)
                    if column.kind in ("int", "number") and value is not None and value < 0:
                        yield Fault(
                            f"{name}-{number}-{column.key}",
                            "out-of-range",
                            Message("A count is never below 0; %(value)s stands here.", value=value),
                        )

    def people(self) -> Iterator[Fault]:
        employees, outsourced, exposed = (self.value(key) for key in ("employees", "outsourced", "exposed"))
        if employees == 0:
            yield Fault("employees", "out-of-range", Message("An employer has at least one employee."))
        if None not in (employees, outsourced, exposed) and exposed > employees + outsourced:
            yield Fault(
                "exposed", "disagrees",
                Message("%(exposed)s exposed are more than %(employees)s employees and %(outsourced)s outsourced together.", exposed=exposed, employees=employees, outsourced=outsourced),
            )  # fmt: skip
        trained = self.value("workers_trained")
        if None not in (trained, exposed) and trained > exposed:
            yield Fault(
                "workers_trained",
                "disagrees",
                Message("%(trained)s trained are more than %(exposed)s exposed.", trained=trained, exposed=exposed),
            )
        diseases, before = self.value("diseases_so_far"), self.known.diseases_before
        if None not in (diseases, before) and diseases < before:  # type: ignore[operator]
            yield Fault(
                "diseases_so_far",
                "disagrees",
                Message(
                    "The number never falls: it was %(before)s in the last accepted declaration, now %(now)s.", before=before, now=diseases
                ),
            )

    def hazards(self) -> Iterator[Fault]:
        exposed, seen = self.value("exposed"), set()
        for number, (row, codes) in enumerate(zip(self.rows["hazards"], self.codes, strict=True)):
            place = f"hazards-{number}-"
            text = row.get("hazard")
            if text and len(codes) != 1:
                yield Fault(place + "hazard", "unknown-hazard", unclear(str(text)))
            elif codes and codes[0] in seen:
                yield Fault(place + "hazard", "duplicate", Message("%(name)s is named twice; once is enough.", name=hazard_name(codes[0])))
            seen |= set(codes[:1])
            if row.get("exposed") == 0:
                yield Fault(place + "exposed", "out-of-range", Message("A declared hazard reaches at least one person."))
            yield from _at_most(place, row, "exposed", exposed, Message("exposed people in all"))
            yield from _at_most(place, row, "points_over", row.get("points_tested"), Message("points tested"))
            yield from _at_most(place, row, "examined", row.get("due_for_exam"), Message("due for examination"))
            yield from _at_most(place, row, "due_for_exam", row.get("exposed"), Message("exposed people"))
        yield from self._classes(exposed)

    def _classes(self, exposed: Any) -> Iterator[Fault]:
        counts = {name: self.value(f"class_{name}") for name in CATEGORIES if self.value(f"class_{name}") is not None}
        for name, count in counts.items():
            parts, key = self.by_class.get(name, []), f"class_{name}"
            label = CLASS_LABELS[name]
            if not parts and count:
                yield Fault(
                    key,
                    "disagrees",
                    Message("%(count)s are exposed to the class “%(name)s”, but no factor of it is named.", count=count, name=label),
                )
            elif parts and count == 0:
                yield Fault(
                    key,
                    "disagrees",
                    Message("Factors of the class “%(name)s” are named, so at least one person is exposed to it.", name=label),
                )
            elif parts and not max(parts) <= count <= sum(parts):
                yield Fault(
                    key,
                    "disagrees",
                    Message(
                        "%(count)s is not between the largest factor of the class (%(low)s) and the sum of its factors (%(high)s).",
                        count=count,
                        low=max(parts),
                        high=sum(parts),
                    ),
                )
        positive = [count for count in counts.values() if count]
        if exposed is not None and positive and not max(positive) <= exposed <= sum(positive):
            yield Fault(
                "exposed",
                "disagrees",
                Message(
                    "%(exposed)s exposed in all is not between the largest class (%(low)s) and the sum of the classes (%(high)s).",
                    exposed=exposed,
                    low=max(positive),
                    high=sum(positive),
                ),
            )

    def sites(self) -> Iterator[Fault]:
        declared = {codes[0] for codes in self.codes if len(codes) == 1}
        placed, by_site = set(), defaultdict(list)
        for number, row in enumerate(self.rows["sites"]):
            codes = codes_named(str(row.get("hazard") or ""))
            if row.get("hazard") and len(codes) != 1:
                yield Fault(f"sites-{number}-hazard", "unknown-hazard", unclear(str(row["hazard"])))
            elif codes and codes[0] not in declared:
                yield Fault(
                    f"sites-{number}-hazard",
                    "disagrees",
                    Message("%(name)s is not among the hazard factors above.", name=hazard_name(codes[0])),
                )
            placed |= set(codes[:1])
            by_site[str(row.get("site") or "")].append((number, row))
        if self.rows["sites"]:
            for code in sorted(declared - placed):
                yield Fault("sites", "disagrees", Message("%(name)s is declared, but at no site.", name=hazard_name(code)), True)
        for site, found in by_site.items():
            yield from _site(site, found)

    def care(self) -> Iterator[Fault]:
        for key, wanted in (("tested", "points_tested"), ("examined", "examined")):
            if self.value(key) == "no":
                for number, row in enumerate(self.rows["hazards"]):
                    if row.get(wanted):
                        yield Fault(
                            f"hazards-{number}-{wanted}",
                            "disagrees",
                            Message("%(count)s stand here, but the form says: %(label)s – no.", count=row[wanted], label=BY_KEY[key].label),
                        )

    def remarks(self) -> Iterator[Fault]:
        size = self.value("size")
        if size and self.known.computed_size not in ("", "unknown", size):
            yield Fault(
                "size",
                "disagrees",
                Message(
                    "Declared: %(declared)s; by the statistical method: %(computed)s.",
                    declared=Message(size),
                    computed=Message(self.known.computed_size),
                ),
                True,
            )
        industry = find_industry(str(self.value("industry") or ""))
        risk = risk_class(industry["code"], self.known.on, self.value("solvents") or "").value if industry else None
        people = (self.value("employees") or 0) + (self.value("outsourced") or 0)
        most = threshold("organisation-needed-above", self.known.on)
        is_needed = most.is_answered and ("serious" in (risk, self.value("risk_class")) or people > most.value)
        if is_needed and (self.value("has_organisation") == "no" or self.value("staff_full_time") == 0):
            yield Fault(
                "has_organisation",
                "disagrees",
                Message(
                    "Where the hazard is serious or more than %(most)s people work (%(people)s here), an organisation and a full-time manager are needed: %(article)s.",
                    most=int(most.value),
                    people=people,
                    article=cited(str(most.source)),
                ),
                True,
            )


def _really_differs(key: str, before: str, now: str) -> bool:
    """A finer industry is the same industry; a type of another list cannot be compared."""
    if key == "industry":
        found = find_industry(now)
        return found is not None and not (before.startswith(found["code"]) or found["code"].startswith(before))
    if key == "economic_type":
        (old_list, _bar, old), (new_list, _bar, new) = before.rpartition("|"), now.rpartition("|")
        return old_list == new_list and old != new
    return before != now


def _shown(key: str, value: str) -> Message | str:
    if key == "size":
        return SIZES.get(value, value)
    if key == "industry":
        found = find_industry(value)
        return found["name_zh"] if found else value
    standard, _bar, code = value.rpartition("|")
    return next((row["name_zh"] for row in table("economic_types") if (row["standard"], row["code"]) == (standard, code)), value)


def _at_most(place: str, row: Mapping[str, Any], key: str, most: Any, what: Message) -> Iterator[Fault]:
    if row.get(key) is not None and most is not None and row[key] > most:
        yield Fault(place + key, "disagrees", Message("%(count)s is more than %(most)s (%(what)s).", count=row[key], most=most, what=what))


def _site(site: str, found: Sequence[tuple[int, Mapping[str, Any]]]) -> Iterator[Fault]:
    """Each person once: at least the largest count of a hazard at the site, at most their sum; given once per site."""
    given = [(number, row["exposed_distinct"]) for number, row in found if row.get("exposed_distinct") is not None]
    repeated = [row["exposed_repeated"] for _number, row in found if row.get("exposed_repeated") is not None]
    if not given:
        yield Fault(
            f"sites-{found[0][0]}-exposed_distinct",
            "required",
            Message("Say once for the site “%(site)s” how many people that is, each counted once.", site=site),
        )
        return
    if len({count for _number, count in given}) > 1:
        yield Fault(
            f"sites-{given[1][0]}-exposed_distinct",
            "disagrees",
            Message("The site “%(site)s” has two different counts: %(counts)s.", site=site, counts=[count for _number, count in given]),
        )
    elif repeated and not max(repeated) <= given[0][1] <= sum(repeated):
        yield Fault(
            f"sites-{given[0][0]}-exposed_distinct",
            "disagrees",
            Message(
                "%(count)s is not between the largest hazard of the site (%(low)s) and their sum (%(high)s).",
                count=given[0][1],
                low=max(repeated),
                high=sum(repeated),
            ),
        )
