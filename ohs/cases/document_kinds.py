"""The table of letters that cases write: who issues each, from which statuses, to whom, what every copy says, and what it rests on.

A paragraph names the facts that fill it, so the words of a copy are also the list of what its reader is told. One that begins with
a question mark is left out where a fact of it is unknown; any other cannot do without.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain
from string import Formatter

from ohs.cases.kinds import KINDS
from ohs.cases.kinds.facts import UNTIL_ON, text
from ohs.cases.kinds.vocabulary import Fact
from ohs.kernel.message import Message

PRE_PLACEMENT = "contra:pre-placement"
#: Lines of the timeline about letters.
ISSUED, VOIDED = "document-issued", "document-voided"
#: Facts that are medical: on a copy only where the sharing table opens them to its readers.
MEDICAL = frozenset({"disease", "items"})
#: Words for a kind of case, or for a kind and its subtype.
Words = Mapping[str, str]


@dataclass(frozen=True)
class Copy:
    """One copy: who receives it, who else may read it besides health, and its paragraphs."""

    #: Kind of actor; `OFFICE` for the department that is chosen when the letter is written.
    to: str
    readers: frozenset[str]
    words: tuple[str, ...]
    #: The first paragraphs, where they differ from kind to kind.
    first: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def paragraphs(self, kind: str, subtype: str) -> tuple[str, ...]:
        """The paragraphs for one kind of case."""
        return (*(self.first.get(f"{kind}:{subtype}") or self.first.get(kind, ())), *self.words)

    def facts(self) -> frozenset[str]:
        """Every fact that this copy can tell."""
        return frozenset(name for words in (*chain.from_iterable(self.first.values()), *self.words) for name in names_in(words))


@dataclass(frozen=True)
class LetterKind:
    """One kind of letter."""

    code: str
    name: Message
    #: As it stands on the letter.
    title: str
    #: What follows the organ's sign in its number; letters of one word and one year are counted together.
    word: str
    issuers: frozenset[str]
    #: Kind of case → the main statuses from which it is written.
    when: Mapping[str, tuple[str, ...]]
    copies: tuple[Copy, ...]
    #: Kind of case → what it rests on: slugs of the table of deadlines, or `kind:event` of the table of lifecycles.
    rests_on: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: Kind of case (and subtype) → the clock whose last day it names.
    limit: Words = field(default_factory=dict)
    #: What whoever writes it is asked for.
    asks: tuple[Fact, ...] = ()
    #: Kind of case → acts that it can prove.
    proves: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: The workers of a case about many are listed on it.
    has_list: bool = False

    def concerns(self, actor: str) -> bool:
        """Whether a kind of actor issues, receives or may read it; health reads every letter."""
        return actor in self.issuers | {"HLTH"} or any(actor == copy.to or actor in copy.readers for copy in self.copies)

    def limit_of(self, kind: str, subtype: str) -> str:
        """The slug of the clock whose last day it names; empty for none."""
        return self.limit.get(f"{kind}:{subtype}") or self.limit.get(kind, "")


#: What a fact is called where a letter lacks it.
FACT_NAMES = {
    "person": Message("Worker"), "employer": Message("Employer"), "found": Message("Day of the finding"), "disease": Message("Disease"), "hazards": Message("Hazard factors"),
    "card": Message("Card"), "registration": Message("Number of the registration form"), "registered": Message("Day of the registration"), "count": Message("Open workers"),
    "point": Message("Sampling point"), "factor": Message("Hazard factor"), "result": Message("Result"), "standard": Message("Exposure limit"), "report": Message("Number of the report"),
    "basis": Message("Article"), "office": Message("Health department"), "until": Message("To be done by"), "demand": Message("What is asked"), "reason": Message("Reason"), "subtype": Message("Kind"),
    "rights": Message("Article"), "limit": Message("To be done by"), "case": Message("Case"), "items": Message("Items to be repeated"), "duties": Message("Duties beside it"),
    "part": Message("What is handed over"),
}  # fmt: skip


def names_in(words: str) -> tuple[str, ...]:
    """The facts that a paragraph names."""
    return tuple(name for _text, name, _spec, _conversion in Formatter().parse(words) if name)


_PRIVATE = "本通知书载有劳动者个人信息，仅限依法履行职责使用，不得向无关人员泄露。"
OPTIONAL = "?"
_CLINICAL = frozenset({"CLIN", "DIAG"})
_EMPLOYER = frozenset({"CLIN", "DIAG", "EMP"})
_ORDERED = frozenset({"EMP"})
_OPEN = {code: tuple(status for status in kind.tracks["main"].statuses if status not in kind.finals) for code, kind in KINDS.items()}

#: The letter that goes with every hand-over; nobody writes it by itself.
HAND_OVER_LETTER = "hand-over-letter"
LETTERS: dict[str, LetterKind] = {
    letter.code: letter
    for letter in (
        LetterKind(
            "suspected-notice", Message("Notice of a suspected disease"), "疑似职业病告知书", "职告", frozenset({"CLIN"}),
            when={"susp": ("detected", "notified")}, rests_on={"susp": ("suspected-notify-worker",)}, limit={"susp": "diagnosis-arrange"}, proves={"susp": ("notify",)},
            copies=(
                Copy("WKR", _CLINICAL, (
                    "你于{found}经检查被发现疑似患有{disease}。现依照{basis}的规定，告知你有关事项如下：",
                    "?所接触的职业病危害因素：{hazards}。",
                    "一、你可以在用人单位所在地、本人户籍所在地或者经常居住地依法承担职业病诊断的医疗卫生机构申请职业病诊断（{rights}），该机构不得拒绝。",
                    "二、用人单位应当及时安排你进行职业病诊断。在你诊断或者医学观察期间，用人单位不得解除或者终止与你订立的劳动合同；诊断、医学观察期间的费用由用人单位承担。",
                    "三、对本告知书有疑问的，可以向本机构或者{office}咨询。",
                )),
                Copy("EMP", _EMPLOYER, (
                    "你单位劳动者{person}于{found}经检查被发现疑似患有{disease}。现依照{basis}的规定，将有关事项通知如下：",
                    "?所接触的职业病危害因素：{hazards}。",
                    "一、请及时安排该劳动者进行职业病诊断，{limit}。",
                    "二、在该劳动者诊断或者医学观察期间，不得解除或者终止与其订立的劳动合同；诊断、医学观察期间的费用由你单位承担。",
                    "三、请依法向{office}报告。",
                    _PRIVATE,
                )),
            ),
        ),
        LetterKind(
            "contraindication-notice", Message("Notice of a contraindication"), "职业禁忌证告知书", "职告", frozenset({"CLIN"}),
            when={"contra": ("detected", "notified", "reopened")}, rests_on={"contra": ("contraindication-notify", "contraindication-not-assign")},
            limit={"contra": "contraindication-remove"}, proves={"contra": ("notify",)},
            copies=(
                Copy("WKR", _CLINICAL, (
                    "经{found}的职业健康检查，你不宜从事接触{hazards}的作业。现依照{basis}的规定，告知你有关事项如下：",
                    "?检查所见的职业禁忌证：{disease}。",
                    "一、用人单位不得安排你从事所禁忌的作业；已经从事的，应当将你调离或者暂时脱离原工作岗位，并妥善安置。",
                    "二、对检查结论有异议的，可以向本机构提出，或者申请由另一职业健康检查机构、职业病诊断机构复核。",
                )),
                Copy("EMP", _EMPLOYER, (_PRIVATE,), first={
                    "contra": (
                        "经职业健康检查，你单位劳动者{person}不宜从事接触{hazards}的作业。依照{basis}的规定，请将其调离或者暂时脱离原工作岗位，{limit}。",
                        "请妥善安置该劳动者，并将调整后的岗位、该岗位的职业病危害因素和劳动者签字的材料报送{office}核实。",
                        "不得因此解除与该劳动者订立的劳动合同。",
                    ),
                    PRE_PLACEMENT: ("经上岗前职业健康检查，你单位拟录用的劳动者{person}不宜从事接触{hazards}的作业。依照{basis}的规定，不得安排其从事上述作业。",),
                }),
            ),
        ),
        LetterKind(
            "recheck-notice", Message("Notice of a re-examination"), "复查通知书", "职复", frozenset({"CLIN"}),
            when={"recheck": ("due", "informed", "booked", "reminded")}, rests_on={"recheck": ("recheck-inform", "recheck-do")}, limit={"recheck": "recheck-do"},
            proves={"recheck": ("inform",)},
            copies=(
                Copy("WKR", _CLINICAL, (
                    "根据你在本机构的职业健康检查结果（体检编号：{card}），需要复查。现依照{basis}的规定，通知你有关事项如下：",
                    "?复查项目：{items}。",
                    "一、请到本机构或者备案类别相同的其他职业健康检查机构复查，{limit}。",
                    "二、复查费用由用人单位承担。需要作听力复查的，请按照机构要求脱离噪声环境后再受检。",
                )),
                Copy("EMP", _EMPLOYER, (
                    "你单位劳动者{person}的职业健康检查需要复查。依照{basis}的规定，请安排其到本机构或者备案类别相同的其他职业健康检查机构复查，{limit}；复查费用由你单位承担。",
                    "复查的具体项目由职业健康检查机构告知劳动者本人。复查期间占用的工作时间视为正常出勤。",
                    _PRIVATE,
                )),
            ),
        ),
        LetterKind(
            "material-request", Message("Request for diagnosis material"), "职业病诊断资料提供通知书", "职诊", frozenset({"DIAG"}),
            when={"susp": ("accepted", "material")}, rests_on={"susp": ("diagnosis-material",)}, limit={"susp": "diagnosis-material"}, proves={"susp": ("letter-to-employer",)},
            copies=(
                Copy("EMP", frozenset({"DIAG", "EMP"}), (
                    "你单位劳动者{person}在本机构申请职业病诊断（登记编号：{registration}，登记日期：{registered}）。依照{basis}的规定，请如实提供下列资料，{limit}：",
                    "一、劳动者的职业史和职业病危害接触史（包括在岗时间、工种、岗位、接触的职业病危害因素名称等）；",
                    "二、劳动者历次职业健康检查的结果；",
                    "三、工作场所历年职业病危害因素检测、评价结果；",
                    "四、放射工作人员另附个人剂量监测结果。",
                    "逾期未提供或者提供不全的，本机构将依法提请{office}督促你单位提供。",
                )),
            ),
        ),
        LetterKind(
            "urging-letter", Message("Urging letter"), "督促函", "职督", frozenset({"HLTH"}),
            when={"susp": ("urged",), "contra": ("notified", "breach"), "recheck": ("informed", "reminded", "lead"), "overdue": ("notified", "committed"), "overlimit": ("exceeded", "controlling", "planned", "ordered")},
            rests_on={"susp": ("diagnosis-urge",)},
            asks=(text("demand", Message("What the employer is asked to do")), UNTIL_ON),
            copies=(
                Copy("EMP", _ORDERED, (
                    "?应由你单位办理的事项：{duties}。",
                    "现予督促，{demand}，于{until}前办理完毕，并将结果书面报告本机关。",
                    "逾期仍不办理的，本机关将依法处理。",
                ), first={
                    "susp": ("你单位劳动者{person}正在进行职业病诊断（案件编号：{case}）。经查，你单位未在期限内提供诊断所需的职业史和职业病危害接触史、职业健康检查结果、工作场所职业病危害因素检测结果，不符合{basis}的规定。",),
                    "contra": ("你单位劳动者{person}不宜从事接触{hazards}的作业（案件编号：{case}）。经查，你单位尚未报送调离或者不予安排的材料。",),
                    "recheck": ("你单位劳动者{person}的职业健康检查需要复查（案件编号：{case}）。经查，复查尚未完成。",),
                    "overdue": ("你单位有{count}名劳动者未按规定完成职业健康检查（{subtype}，案件编号：{case}）。",),
                    "overlimit": ("你单位工作场所存在职业病危害因素超过职业接触限值的情形（{point}，{factor}，案件编号：{case}）。",),
                }),
            ),
        ),
        LetterKind(
            "transfer-letter", Message("Transfer letter"), "移送函", "职移", frozenset({"HLTH", "HRSS"}), when=_OPEN,
            rests_on=dict.fromkeys(KINDS, ("transfer-refuse",)), limit=dict.fromkeys(KINDS, "transfer-refuse"),
            asks=(Fact("office_id", Message("Department that receives it"), "office"), text("reason", Message("Reason"))),
            copies=(
                Copy("OFFICE", frozenset(), (
                    "本机关在办理案件{case}（用人单位：{employer}）过程中，发现有关事项属于贵单位职责范围。现将该事项移送贵单位处理。",
                    "移送理由：{reason}。",
                    "请贵单位将接收或者不予接收的意见及理由函复本机关，{limit}。",
                    "本函不载明劳动者个人健康信息；确需提供的，请依法另行商请。",
                )),
            ),
        ),
        LetterKind(
            HAND_OVER_LETTER, Message("Transfer letter of a hand-over"), "移送函", "职移", frozenset({"HLTH", "HRSS", "SAFE"}), when={},
            rests_on=dict.fromkeys(KINDS, ("transfer-refuse",)), limit=dict.fromkeys(KINDS, "transfer-refuse"),
            asks=(Fact("office_id", Message("Department that receives it"), "office"), text("reason", Message("Reason"))),
            copies=(
                Copy("OFFICE", frozenset(), (
                    "本机关在办理案件{case}过程中，认为有关事项属于贵单位职责范围。现将{part}移送贵单位办理。",
                    "移送理由：{reason}。",
                    "请贵单位将接收或者不予接收的意见及理由函复本机关，{limit}；逾期未答复的，该事项自期满之次日起由贵单位办理。",
                    "接收前，贵单位可以查阅不载明劳动者姓名和用人单位名称的案情摘要。本函不载明劳动者个人健康信息。",
                )),
            ),
        ),
        LetterKind(
            "correction-order", Message("Order to correct"), "责令限期改正通知书", "职责改", frozenset({"HLTH"}),
            when={"contra": ("breach",), "recheck": ("lead",), "overdue": ("notified", "committed", "ordered"), "overlimit": ("controlling", "planned", "ordered")},
            rests_on={"contra": ("contra:limit-passed",), "recheck": ("recheck:still-not-done",), "overdue": ("overdue:date-passed",), "overlimit": ("overlimit:order",)},
            asks=(text("demand", Message("What is to be corrected")), UNTIL_ON), proves={"overdue": ("date-passed",), "overlimit": ("order",)}, has_list=True,
            copies=(
                Copy("EMP", _ORDERED, (
                    "以上行为违反了有关职业病防治的规定。依照{basis}的规定，现责令你单位于{until}前改正下列问题：{demand}。",
                    "改正完毕后，请将改正情况书面报告本机关，并接受复查。逾期不改正的，本机关将依法予以处罚。",
                    "如不服本通知，可以依法申请行政复议或者提起行政诉讼。",
                ), first={
                    "contra": ("经查，你单位劳动者{person}不宜从事接触{hazards}的作业，你单位未在期限内将其调离（案件编号：{case}）。",),
                    "recheck": ("经查，你单位劳动者{person}的职业健康检查需要复查，你单位逾期未安排（案件编号：{case}）。",),
                    "overdue": ("经查，你单位有{count}名劳动者未按规定进行职业健康检查（{subtype}，案件编号：{case}），名单附后。",),
                    "overlimit": ("经检测，你单位{point}的{factor}检测结果为{result}，职业接触限值为{standard}（检测报告编号：{report}，案件编号：{case}）。",),
                }),
            ),
        ),
    )
}  # fmt: skip
