"""What the self-check found."""

from typing import Annotated, TypedDict

import msgspec

from main_controller.domain.timestamps import iso_utc
from main_controller.selfcheck.facts import Checked
from main_controller.selfcheck.finding import Finding, Level
from main_controller.web.shapes.common import Time

LevelWord = Annotated[
    Level, msgspec.Meta(description="the gravest first; cannotTell: a fact is missing, which is no ok")
]


class FindingShown(TypedDict):
    """What was seen of a `subject`, and what to do about it: null where there is nothing to do."""

    code: str
    subject: str
    level: LevelWord
    seen: str
    remedy: str | None


class SelfCheckShown(TypedDict):
    """All findings, the gravest first. `checkedAt`: when database and journal were read whole, which is done seldom
    (null: not yet, and now it is)."""

    findings: list[FindingShown]
    checkedAt: Time | None


def finding_of(found: Finding) -> FindingShown:
    """One finding."""
    return {
        "code": found.code,
        "subject": found.subject,
        "level": found.level,
        "seen": found.seen,
        "remedy": found.remedy,
    }


def self_check_of(found: list[Finding], checked: Checked | None) -> SelfCheckShown:
    """All of them."""
    at = None if checked is None else iso_utc(checked.at)
    return {"findings": [finding_of(one) for one in found], "checkedAt": at}
