"""Who pays for a confirmed disease: the panel of the case's page, what changes it, the list of applications nobody makes, the calculator."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import DecimalField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from exports.sheet import LedgerColumn
from ohs.accounts.reports import Content, Report, keys_of_workers
from ohs.cases.branches import BRANCHES, CONCURRENT, UNINSURED, find_branch, standing_branches, withdraw_branch
from ohs.cases.clocks import work_calendar
from ohs.cases.cost_window import ORDERS, cost_window, waiting_applications, window_of, with_case
from ohs.cases.kinds.work_injury import WORK_INJURY
from ohs.cases.models import Case, CaseClock
from ohs.cases.moving import facts_of
from ohs.cases.views import find
from ohs.kernel.audit import audit, note_reading
from ohs.kernel.clock import today
from ohs.kernel.database import db
from ohs.kernel.errors import DomainError
from ohs.kernel.filtering import FilterForm
from ohs.kernel.forms import PageForm
from ohs.kernel.i18n import say
from ohs.kernel.ledger import in_order, keys_of, read_ledger
from ohs.kernel.masks import mask_name
from ohs.kernel.message import Message
from ohs.kernel.policy import Permission, allowed, requires
from ohs.registry.labels import county_choices, county_name
from ohs.registry.queries import find_employer
from ohs.rulebook.answer import Answer
from ohs.rulebook.documents import cited
from ohs.rulebook.grants import GRADES, ITEMS, PAYERS, ask_grant, payer_rule

STANDINGS = {"late": _l("Limit passed"), "running": _l("Limit runs"), "all": _l("All")}
#: Nobody earns more in a month.
MOST_WAGE = 10_000_000
COLUMNS = (
    LedgerColumn("number", Message("Number"), 26),
    LedgerColumn("worker", Message("Worker"), 10),
    LedgerColumn("employer", Message("Employer"), 40),
    LedgerColumn("county", Message("County or zone"), 16),
    LedgerColumn("due_on", Message("The employer’s last day"), 14, "day"),
    LedgerColumn("days", Message("Days on the employer"), 12, "number"),
    LedgerColumn("warnings", Message("Warnings"), 30),
)


class PayerForm(PageForm):
    """A fact that changes who pays."""

    branch = SelectField(_l("What changes who pays"), [InputRequired(_l("Choose what it is."))])
    document_no = StringField(_l("Number of the document"), [InputRequired(_l("Name the document that proves it.")), Length(max=80)])
    uscc = StringField(
        _l("Credit code of the employer where the harm arose"), [Optional(), Length(max=18)], description=_l("Only for several employers at the same time")
    )  # fmt: skip
    note = TextAreaField(_l("Note"), [Optional(), Length(max=500)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.branch.choices = [("", _("Choose…")), *((key, say(name)) for key, name in BRANCHES.items())]


class WithdrawForm(PageForm):
    """Why a fact is taken off again."""

    reason = StringField(_l("Reason"), [InputRequired(_l("Give the reason.")), Length(max=200)])


class CostFilterForm(FilterForm):
    """What the list of applications may be narrowed by."""

    standing = SelectField(_l("Standing"), choices=list(STANDINGS.items()), default="late")
    county = SelectField(_l("County or zone"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.county.choices = [("", _l("All")), *county_choices()]


class GrantForm(FilterForm):
    """What the calculator needs; lives in the address, so that a result can be opened again."""

    grade = SelectField(_l("Disability grade"))
    wage = DecimalField(
        _l("Own monthly wage, in yuan"), [NumberRange(0, MOST_WAGE)], description=_l("Average of the twelve months before the illness")
    )
    local_average = DecimalField(
        _l("Local average wage, in yuan a month"), [NumberRange(1, MOST_WAGE)], description=_l("Of last year, of this insurance area")
    )
    province_average = DecimalField(
        _l("The province’s average wage, in yuan a month"),
        [NumberRange(0, MOST_WAGE)],
        description=_l("Only for grades 5 to 10, when the relation ends"),
    )
    years_to_retirement = DecimalField(
        _l("Years to retirement"), [NumberRange(0, 60)], description=_l("The employment subsidy falls within the last years")
    )
    insured = SelectField(_l("Insured against work injury"), choices=[("yes", _l("Yes")), ("no", _l("No"))], default="yes")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.grade.choices = [("", _("Choose…")), *((str(grade), _("Grade %(grade)s", grade=grade)) for grade in GRADES)]

    def answer(self) -> Answer | None:
        """What the rulebook says; nothing while something it must know is missing."""
        good = self.good()
        numbers: dict[str, Decimal] = {name: self[name].data for name in ("wage", "local_average") if name in good}
        if "grade" not in good or len(numbers) < 2 or self.errors:
            return None
        more = {name: self[name].data for name in ("province_average", "years_to_retirement") if self[name].data is not None}
        return ask_grant(int(good["grade"]), on=today(), insured=good.get("insured", "yes"), **numbers, **more)


def panel(session: Session, user: Any, case: Case) -> dict[str, Any] | None:
    """Who pays, for those who see work injury; left out while there is nothing to say."""
    if case.kind != "susp" or not allowed(user, Permission.CASE_READ_WORK_INJURY, case):
        return None
    branches = standing_branches(session, case)
    window = cost_window(case, today(), work_calendar(session)) if case.is_at_work_injury else None
    may_set = allowed(user, Permission.CASE_SET_PAYER, case)
    if not (branches or window or may_set):
        return None
    return {
        "case": case, "window": window, "lines": [(one, BRANCHES[one.branch], _article(one.branch)) for one in branches], "cost_article": _article("cost-window"),
        "advance": _article("advance") if any(one.branch == UNINSURED for one in branches) else "", "may_set": may_set,
        "may_reckon": case.is_at_work_injury and allowed(user, Permission.CASE_READ_WORK_INJURY_FULL, case), "payers": _payers(branches),
    }  # fmt: skip


def _payers(branches: list[Any]) -> dict[str, Message]:
    rules = {one.branch: payer_rule(one.branch, today()) for one in branches}
    return {branch: PAYERS[rule["payer"]] for branch, rule in rules.items() if rule is not None}


def _article(slug: str) -> str:
    rule = payer_rule(slug, today())
    return cited(rule["article"]) if rule is not None else ""


@requires(Permission.CASE_SET_PAYER, find)
def payers(case: Case) -> Any:
    """Put on a case what changes who pays."""
    form, session = PayerForm(), db.session()
    if form.validate_on_submit():
        branch, employer = str(form.branch.data), None
        with form.attempt(session):
            if branch == CONCURRENT:
                employer = find_employer(session, form.uscc.data or "")
                if employer is None:
                    raise DomainError(Message("Of several employers, name the one where the harm arose."), status=400)
            find_branch(
                session, case, branch, actor=current_user, on=today(), document_no=(form.document_no.data or "").strip(),
                note=(form.note.data or "").strip(), employer=employer,
            )  # fmt: skip
        if not form.errors:
            session.commit()
            flash(_("It stands on the case: %(what)s.", what=say(BRANCHES[branch])), "success")
            return redirect(url_for("desk.case", number=case.number))
    return render_template("cases/payers.html", case=case, form=form), form.status


@requires(Permission.CASE_SET_PAYER, find)
def withdraw(case: Case) -> Any:
    """Take off a case what changed who pays."""
    branch = str((request.view_args or {})["branch"])
    if branch not in BRANCHES:
        raise DomainError(Message("Choose what it is."), status=400)
    form = WithdrawForm()
    if form.validate_on_submit():
        withdraw_branch(db.session(), case, branch, actor=current_user, on=today(), reason=(form.reason.data or "").strip())
        db.session.commit()
        flash(_("It is taken off the case: %(what)s.", what=say(BRANCHES[branch])), "success")
        return redirect(url_for("desk.case", number=case.number))
    page = render_template("cases/withdraw_payer.html", case=case, form=form, what=BRANCHES[branch])
    return page, 400 if form.errors else 200


@requires(Permission.COST_WINDOW_LIST)
def cost_windows() -> Any:
    """Confirmed diseases for which nobody has applied, the longest exposure first."""
    form, session = CostFilterForm(request.args), db.session()
    good, on = form.good(), today()
    question = waiting_applications(current_user, good.get("standing", "late"), on, good.get("county", ""))
    ledger = read_ledger(session, with_case(question), ORDERS, "due", counted=False)
    work = work_calendar(session)
    return render_template(
        "cases/cost_windows.html", form=form, ledger=ledger, rows=[(clock, window_of(clock, on, None, work)) for clock in ledger.rows],
        county_name=county_name, article=_article("cost-window"),
    )  # fmt: skip


def _cost_windows(session: Session, user: Any, form: CostFilterForm, sort: str) -> Content:
    good, on, work = form.good(), today(), work_calendar(session)
    question = waiting_applications(user, good.get("standing", "late"), on, good.get("county", ""))

    def rows() -> Iterator[list[Any]]:
        ordered = in_order(with_case(question), keys_of(ORDERS, sort, "due"))
        for clock in session.scalars(ordered.execution_options(yield_per=1000)):
            case, window = clock.case, window_of(clock, on, None, work)
            yield [
                case.number, mask_name(case.worker.standing.name) if case.worker else "", case.employer.standing.name if case.employer else "",
                county_name(case.county_code), window.due_on, window.days, "；".join(say(one) for one in window.warnings),
            ]  # fmt: skip

    return Content(COLUMNS, question, rows, select(Case.worker_id).where(Case.id.in_(keys_of_workers(question, CaseClock.case_id))))


REPORT = Report(
    "cost-windows", Message("Applications nobody has made"), Permission.COST_WINDOW_LIST, "cases.cost_windows", CostFilterForm, _cost_windows,
    "cost-window:exported", is_about_workers=True,
)  # fmt: skip


@requires(Permission.GRANT_CALCULATE)
def grants() -> Any:
    """What a grade of disability brings, for information."""
    return _calculator(GrantForm(request.args))


@requires(Permission.CASE_READ_WORK_INJURY_FULL, find)
def case_grants(case: Case) -> Any:
    """The same with what the case knows filled in; the reading is kept on record."""
    note_reading(db.session(), audit("case:read", case, current_user))
    form = GrantForm(request.args)
    if not request.args:
        form.grade.data = _grade_of(case)
        form.insured.data = "no" if any(one.branch == UNINSURED for one in standing_branches(db.session(), case)) else "yes"
    return _calculator(form, case)


def _grade_of(case: Case) -> str:
    concluded = [step for step in case.steps if step.track == WORK_INJURY and step.event in ("conclude", "conclude-final")]
    return str(facts_of(concluded[-1]).get("grade") or "") if concluded else ""


def _calculator(form: GrantForm, case: Case | None = None) -> Any:
    answer = form.answer()
    page = render_template("cases/grants.html", form=form, answer=answer, case=case, ITEMS=ITEMS, PAYERS=PAYERS, cited=cited)
    return page, 400 if form.errors and request.args else 200
