"""The alarms that stand, and what becomes of them as things begin, end, or can no longer be told.

Pure and frozen: a step takes what holds now and gives the book after it with what changed. Missing data never end an
alarm. Many of one kind that come at once are one alarm, the first one out first; one that comes and goes stays one.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from main_controller.alarms.alarm import Alarm, AlarmKey, AlarmKind, Deed, Member, Sign

AT_ONCE, WITHIN = 5, 30.0
"""More than so many of one kind within so many seconds are told as one."""

OFTEN, QUIET = 3, 600.0
"""Raised so often within so many seconds, an alarm chatters: it is over only after as long without."""


class Change(StrEnum):
    """What became of an alarm."""

    RAISED = "raised"
    RAISED_AGAIN = "raisedAgain"
    GREW = "grew"
    JOINED = "joined"
    UNTOLD = "untold"
    TOLD = "told"
    RETURNED = "returned"
    CHATTERS = "chatters"
    INHIBITED = "inhibited"
    ANNOUNCED = "announced"
    ACKNOWLEDGED = "acknowledged"
    SHELVED = "shelved"
    UNSHELVED = "unshelved"
    OUT_OF_SERVICE = "outOfService"
    IN_SERVICE = "inService"


class Transition(NamedTuple):
    """One change of one alarm: how it stands after it, and of what; `subject` is None of the alarm as a whole."""

    change: Change
    alarm: Alarm
    subject: str | None = None

    @property
    def of(self) -> tuple[str, Member]:
        """The subject and the member that it is of: of the alarm as a whole its first."""
        if self.subject is None:
            return next(iter(self.alarm.members.items()))
        return self.subject, self.alarm.members[self.subject]


@dataclass(frozen=True, slots=True)
class Seen:
    """What holds at one look: the signs found, and of what it cannot be told now whether it holds.

    `untold` names single keys, `untold_kinds` kinds of which nothing can be told; `out_of_service` are the units whose
    alarms a person has taken out of service for now, "" for all. `looked_at` are the keys of what a person has seen to
    by another way than the list: their alarms are read with that.
    """

    found: Mapping[AlarmKey, Sign]
    untold: Collection[AlarmKey] = ()
    untold_kinds: Collection[str] = ()
    out_of_service: Collection[str] = ()
    looked_at: Collection[AlarmKey] = ()

    def with_untold(self, keys: Iterable[AlarmKey]) -> "Seen":
        """The same, with these too of which it cannot be told whether they hold."""
        return replace(self, untold={*self.untold, *keys})

    def tells(self, key: AlarmKey) -> bool:
        """Whether it is known that this holds, or that it does not."""
        return key in self.found or (key not in self.untold and key[0] not in self.untold_kinds)


class _Raise(NamedTuple):
    at: float
    key: AlarmKey


@dataclass(frozen=True, slots=True)
class AlarmBook:
    """All alarms that stand, by id, and what is remembered to judge the next look; every moment is monotonic s.

    `waiting` is since when something holds that was not told yet; `raises` are the last times that something was.
    `next_id` is the number of the next alarm.
    """

    alarms: Mapping[str, Alarm] = field(default_factory=dict)
    waiting: Mapping[AlarmKey, float] = field(default_factory=dict)
    raises: tuple[_Raise, ...] = ()
    next_id: int = 1

    def of(self, key: AlarmKey) -> Alarm | None:
        """The alarm that this belongs to."""
        code, subject = key
        return next((one for one in self.alarms.values() if one.kind.code == code and subject in one.members), None)

    def with_alarm(self, alarm: Alarm) -> "AlarmBook":
        """The book with this alarm anew, or without it where it is over."""
        others = {alarm_id: one for alarm_id, one in self.alarms.items() if alarm_id != alarm.id}
        return replace(self, alarms=others if alarm.over else {**self.alarms, alarm.id: alarm})

    def step(
        self, seen: Seen, kinds: Mapping[str, AlarmKind], now: float, wall: datetime
    ) -> tuple["AlarmBook", list[Transition]]:
        """The book after a look at `now` (monotonic s), which is `wall` (aware UTC), and what changed in it."""
        return _Step(self, seen, kinds, now, wall).done()


class _Step:
    """One look. Everything it changes is its own until it is done."""

    def __init__(self, book: AlarmBook, seen: Seen, kinds: Mapping[str, AlarmKind], now: float, wall: datetime) -> None:
        self._seen = seen
        self._kinds = kinds
        self._now = now
        self._wall = wall
        self._alarms = dict(book.alarms)
        self._owner = {(one.kind.code, subject): one.id for one in book.alarms.values() for subject in one.members}
        self._waiting = dict(book.waiting)
        self._raises = [one for one in book.raises if now - one.at <= QUIET]
        self._next_id = book.next_id
        self._changes: list[Transition] = []

    def done(self) -> tuple[AlarmBook, list[Transition]]:
        due: dict[str, list[tuple[float, str, Sign]]] = {}
        for key, sign in self._seen.found.items():
            since = self._holds(key, sign)
            if since is not None:
                due.setdefault(key[0], []).append((since, key[1], sign))
        for code, found in due.items():
            found.sort(key=lambda one: one[0])
            self._raise(code, [(subject, sign) for _, subject, sign in found])
        for key in [key for key in self._owner if key not in self._seen.found]:
            self._shows_not(key)
        for key in [key for key in self._waiting if key not in self._seen.found and self._seen.tells(key)]:
            del self._waiting[key]
        for alarm in list(self._alarms.values()):
            self._serve(alarm)
        self._inhibit()
        standing = {alarm_id: alarm for alarm_id, alarm in self._alarms.items() if not alarm.over}
        book = AlarmBook(MappingProxyType(standing), self._waiting, tuple(self._raises), self._next_id)
        return book, self._changes

    def _holds(self, key: AlarmKey, sign: Sign) -> float | None:
        """Take note that this holds. Gives since when, where it is to be told now."""
        code, subject = key
        alarm = self._alarm(key)
        member = None if alarm is None else alarm.members[subject]
        if alarm is None or member is None or not member.active:
            since = self._waiting.setdefault(key, self._now)
            return since if self._now - since >= self._kinds[code].delays(subject)[0] else None
        if member.sign != sign or not member.told or member.gone_since is not None:
            self._alarms[alarm.id] = after = alarm.with_member(subject, Member(sign))
            if not member.told:
                self._tell(Change.TOLD, after, subject)
        return None

    def _raise(self, code: str, due: Sequence[tuple[str, Sign]]) -> None:
        """Tell what is due of one kind, the first one out first."""
        for subject, _ in due:
            del self._waiting[code, subject]
            self._raises.append(_Raise(self._now, (code, subject)))
        new = [(subject, sign) for subject, sign in due if not self._raised_again((code, subject), sign)]
        late = [one.key for one in self._raises if one.key[0] == code and self._now - one.at <= WITHIN]
        if len(set(late)) > AT_ONCE:
            self._raise_as_one(code, new, late)
        else:
            for subject, sign in new:
                self._begin(code, subject, sign)

    def _raised_again(self, key: AlarmKey, sign: Sign) -> bool:
        """Whether an alarm stands that this belongs to; it holds again then."""
        before = self._alarm(key)
        if before is None:
            return False
        chatters = self._chatters(key)
        again = replace(
            before.with_member(key[1], Member(sign)),
            since=self._wall, changed=self._wall, times=before.times + 1,
            acknowledged=before.acknowledged if chatters else None,
            chattering=chatters,
        )  # fmt: skip
        self._alarms[again.id] = again
        self._tell(Change.CHATTERS if chatters and not before.chattering else Change.RAISED_AGAIN, again, key[1])
        return True

    def _chatters(self, key: AlarmKey) -> bool:
        return sum(one.key == key for one in self._raises) >= OFTEN

    def _begin(self, code: str, subject: str, sign: Sign) -> Alarm:
        chatters = self._chatters((code, subject))
        alarm = Alarm(
            f"a{self._next_id}", self._kinds[code], {subject: Member(sign)},
            began=self._wall, since=self._wall, changed=self._wall, chattering=chatters,
        )  # fmt: skip
        self._next_id += 1
        self._alarms[alarm.id] = alarm
        self._owner[code, subject] = alarm.id
        self._tell(Change.RAISED, alarm, subject)
        return alarm

    def _raise_as_one(self, code: str, new: Sequence[tuple[str, Sign]], late: Sequence[AlarmKey]) -> None:
        """Of many at once make one alarm: the first one out takes in all others."""
        first = next((alarm for key in late if (alarm := self._alarm(key)) is not None and alarm.active), None)
        if first is None:
            if not new:
                return
            (subject, sign), *new = new
            first = self._begin(code, subject, sign)
        taken = [alarm for key in late if (alarm := self._alarm(key)) is not None and alarm.id != first.id]
        members = dict(first.members)
        for alarm in {alarm.id: alarm for alarm in taken}.values():
            members.update(alarm.members)
            del self._alarms[alarm.id]
            self._tell(Change.JOINED, alarm, None)
        members.update((subject, Member(sign)) for subject, sign in new)
        if len(members) == len(first.members):
            return
        self._owner.update(((code, subject), first.id) for subject in members)
        self._alarms[first.id] = grown = replace(first, members=members, changed=self._wall, acknowledged=None)
        self._tell(Change.GREW, grown, None)

    def _shows_not(self, key: AlarmKey) -> None:
        alarm = self._alarm(key)
        _, subject = key
        if alarm is None or not (member := alarm.members[subject]).active:
            return
        if not self._seen.tells(key):
            if member.told or member.gone_since is not None:
                after = alarm.with_member(subject, replace(member, told=False, gone_since=None))
                self._alarms[alarm.id] = after
                if member.told:
                    self._tell(Change.UNTOLD, after, subject)
            return
        gone = self._now if member.gone_since is None else member.gone_since
        off = QUIET if alarm.chattering else alarm.kind.delays(subject)[1]
        if self._now - gone < off:
            self._alarms[alarm.id] = alarm.with_member(subject, replace(member, told=True, gone_since=gone))
            return
        after = alarm.with_member(subject, replace(member, active=False, told=True, gone_since=gone))
        if not after.active:
            after = replace(after, changed=self._wall, chattering=False)
            if after.acknowledged is None and all((key[0], one) in self._seen.looked_at for one in after.members):
                after = replace(after, acknowledged=Deed("", self._wall))
        self._alarms[alarm.id] = after
        self._tell(Change.RETURNED, after, subject)

    def _serve(self, alarm: Alarm) -> None:
        """Have what was put away for a time come back when that is over, and be announced anew where it still holds."""
        out = self._seen.out_of_service
        away = "" in out or (bool(alarm.members) and all(subject in out for subject in alarm.members))
        if away != alarm.out_of_service:
            change = Change.OUT_OF_SERVICE if away else Change.IN_SERVICE
            after = replace(alarm, out_of_service=away, changed=self._wall)
            self._change(change, after if away else back(after))
        elif alarm.shelf is not None and self._wall >= alarm.shelf.until:
            self._change(Change.UNSHELVED, back(replace(alarm, shelf=None, changed=self._wall)))

    def _change(self, change: Change, alarm: Alarm) -> None:
        self._alarms[alarm.id] = alarm
        self._tell(change, alarm, None)

    def _inhibit(self) -> None:
        """Have what a graver or equal alarm explains not told by itself; a root put away explains nothing."""
        roots: dict[str, Alarm] = {}
        for alarm in self._alarms.values():
            if alarm.active and alarm.shelf is None and not alarm.out_of_service:
                roots.setdefault(alarm.kind.code, alarm)
        for alarm in list(self._alarms.values()):
            root = next(
                (
                    roots[code].id
                    for code in (*alarm.kind.roots, *alarm.kind.floods)
                    if code in roots and _explains(roots[code], alarm)
                ),
                None,
            )
            if root != alarm.inhibited_by:
                self._alarms[alarm.id] = after = replace(alarm, inhibited_by=root)
                if (root is None) != (alarm.inhibited_by is None):
                    self._tell(Change.ANNOUNCED if root is None else Change.INHIBITED, after, None)

    def _alarm(self, key: AlarmKey) -> Alarm | None:
        owner = self._owner.get(key)
        return None if owner is None else self._alarms.get(owner)

    def _tell(self, change: Change, alarm: Alarm, subject: str | None) -> None:
        self._changes.append(Transition(change, alarm, subject))


def _explains(root: Alarm, alarm: Alarm) -> bool:
    """Whether the root stands for it: it is no less grave, and, where only a flood explains it, is one."""
    many = len(root.members) > AT_ONCE
    return root.kind.priority <= alarm.kind.priority and (many or root.kind.code in alarm.kind.roots)


def back(alarm: Alarm) -> Alarm:
    """The alarm as it comes back to who had put it away: not read, where it still holds; else read."""
    if alarm.active:
        return replace(alarm, acknowledged=None)
    return replace(alarm, acknowledged=alarm.acknowledged or Deed("", alarm.changed))


def hidden_hardware(book: AlarmBook, root: Alarm) -> tuple[str, ...]:
    """The live hardware of the alarms that this one explains, which it must name in their place."""
    hidden = (unit_id for one in book.alarms.values() if one.inhibited_by == root.id for unit_id in one.hardware)
    return tuple(dict.fromkeys(hidden))


def standing(alarms: Iterable[Alarm]) -> list[Alarm]:
    """The alarms as a person reads them: the gravest first, of these the newest first."""
    return sorted(sorted(alarms, key=lambda one: one.since, reverse=True), key=lambda one: one.kind.priority)
