"""Whether what must last does: findings from files, disk, clock, database, journal and backups."""

from collections.abc import Sequence
from datetime import timedelta

from main_controller.domain.timestamps import said_time
from main_controller.selfcheck.facts import Answer, Facts, FileMode, Kind, Running
from main_controller.selfcheck.finding import Finding, Level
from main_controller.sentence import Sentence, joined, say

LOW_BYTES, LOW_PART = 500_000_000, 0.02
"""Below how many bytes, and which part of the disk, there is too little room left."""

SOON_LOW = 4
"""At how many times that it is time to make room."""

OLD, VERY_OLD = timedelta(days=8), timedelta(days=31)
"""From which age a backup is old, and from which too old; a weekly one is neither."""

AHEAD = timedelta(minutes=5)
"""A backup dated further ahead than this was dated by another clock."""

WRITABLE, OTHERS, GROUP = 0o022, 0o007, 0o070
"""Bits of a mode: others or the group may write; others may anything; the group may anything."""


def file_modes(facts: Facts) -> Finding:
    """Whether others may read or write what is kept. The group may read, by the umask of the program (AV18)."""
    subject = say("selfcheck.ofFiles", "Files")
    unseen = [one.path for one in facts.files if one.mode is None]
    for level in (Level.BAD, Level.WARNING, Level.CANNOT_TELL, Level.NOTICE):
        named = [one for one in facts.files if one.mode is not None and _level(one.kind, one.mode) is level]
        if named:
            return Finding("files", subject, level, _open(named), _close(named))
        if level is Level.CANNOT_TELL and unseen:
            seen = say("selfcheck.modesUnseen", "Who may read {files} cannot be seen.", files=unseen)
            remedy = say("selfcheck.lookAtModes", "Look at them with ls -l, as the user whose they are.")
            return Finding("files", subject, level, seen, remedy)
    seen = say(
        "selfcheck.filesPrivate",
        "What is kept ({count} files and folders) is for its user alone.",
        count=len(facts.files),
    )
    return Finding("files", subject, Level.OK, seen)


def _level(kind: Kind, mode: int) -> Level:
    if mode & WRITABLE:
        return Level.BAD
    if mode & OTHERS:
        return {Kind.SECRET: Level.BAD, Kind.DATA: Level.WARNING, Kind.FOLDER: Level.NOTICE}[kind]
    return Level.NOTICE if mode & GROUP else Level.OK


def _open(files: Sequence[FileMode]) -> Sentence:
    return say(
        "selfcheck.tooOpen",
        "Open to more than its user: {files}.",
        files=[f"{one.path} ({one.mode:04o})" for one in files],
    )


def _close(files: Sequence[FileMode]) -> Sentence:
    if all(one.kind is Kind.SECRET for one in files):
        return say("selfcheck.closeSecret", "Make them readable for their user alone: chmod 0600.")
    return say(
        "selfcheck.close",
        "chmod 0600 files and 0700 folders, unless others are meant to; a start with umask 077 keeps it so.",
    )


def clock(facts: Facts) -> Finding:
    """Whether this machine's clock follows a time server."""
    subject = say("selfcheck.ofClock", "Clock")
    if facts.synchronised is None:
        seen = say("selfcheck.clockUnknown", "The system does not say whether its clock follows a time server.")
        remedy = say("selfcheck.askTimedatectl", "Ask timedatectl or chronyc tracking.")
        return Finding("clock", subject, Level.CANNOT_TELL, seen, remedy)
    if facts.synchronised:
        seen = say("selfcheck.clockFollows", "The system's clock follows a time server.")
        return Finding("clock", subject, Level.OK, seen)
    seen = say(
        "selfcheck.clockAlone",
        "The system's clock follows no time server: schedules, the journal and who logs in when rest on it.",
    )
    remedy = say("selfcheck.followTime", "Have chrony or systemd-timesyncd follow one.")
    return Finding("clock", subject, Level.WARNING, seen, remedy)


def disk(facts: Facts) -> Finding:
    """Whether there is room for what is written."""
    subject = say("selfcheck.ofDisk", "Disk")
    if not facts.rooms:
        seen = say("selfcheck.diskUnknown", "How much room there is on the disk cannot be told.")
        remedy = say("selfcheck.askDf", "Ask df, and see whether the folders can be entered.")
        return Finding("disk", subject, Level.CANNOT_TELL, seen, remedy)
    least = min(facts.rooms, key=lambda one: one.free)
    seen = say(
        "selfcheck.diskFree",
        "{free:.1f} GB of {total:.1f} GB are free on the disk of {folder}.",
        free=least.free / 1e9,
        total=least.total / 1e9,
        folder=least.folder,
    )
    remedy = say("selfcheck.makeRoom", "Make room: on a full disk no evidence is kept, and no schedule.")
    if any(too_full(one.free, one.total) for one in facts.rooms):
        return Finding("disk", subject, Level.BAD, seen, remedy)
    if any(too_full(one.free / SOON_LOW, one.total) for one in facts.rooms):
        return Finding("disk", subject, Level.WARNING, seen, remedy)
    return Finding("disk", subject, Level.OK, seen)


def too_full(free: float, total: float) -> bool:
    """Whether there is too little room left; bytes."""
    return free < LOW_BYTES or free < LOW_PART * total


def schema(facts: Facts) -> Finding:
    """Whether the database's tables are those of this program."""
    subject, found = say("selfcheck.ofSchema", "Tables"), facts.schema
    if found is None:
        seen = say("selfcheck.schemaUnknown", "The version of the database's tables cannot be read.")
        remedy = say("selfcheck.seeDatabase", "See whether this user may read the file, and whether it is a database.")
        return Finding("schema", subject, Level.CANNOT_TELL, seen, remedy)
    if found.version == 0:
        seen = say("selfcheck.noDatabase", "There is no database yet: the first start makes it.")
        return Finding("schema", subject, Level.NOTICE, seen)
    seen = say(
        "selfcheck.schema",
        "The database's tables are of version {version}; this program has {newest}.",
        version=found.version,
        newest=found.newest,
    )
    if found.version == found.newest:
        return Finding("schema", subject, Level.OK, seen)
    if found.version < found.newest:
        remedy = say("selfcheck.willMigrate", "The next start brings them to that version, and keeps a copy.")
        return Finding("schema", subject, Level.NOTICE, seen, remedy)
    remedy = say("selfcheck.newerProgram", "Start the newer program that wrote it, or put back a backup.")
    return Finding("schema", subject, Level.BAD, seen, remedy)


def backup(facts: Facts) -> Finding:
    """How old the last backup is."""
    subject, found = say("selfcheck.ofBackup", "Backup"), facts.backup
    if facts.chosen.simulated:
        seen = say("selfcheck.nothingToKeep", "A simulated cluster keeps nothing that could be lost.")
        return Finding("backup", subject, Level.OK, seen)
    remedy = say(
        "selfcheck.backUp",
        "Run {command} backup FILE each day, as the program's own user, also while it runs, and keep FILE elsewhere.",
        command=facts.chosen.command,
    )
    if found is None:
        seen = say("selfcheck.backupUnknown", "When the last backup was made cannot be read.")
        return Finding("backup", subject, Level.CANNOT_TELL, seen, remedy)
    if found.at is None:
        seen = say(
            "selfcheck.noBackup", "No backup was made by this program; one made by other means is not known here."
        )
        return Finding("backup", subject, Level.WARNING, seen, remedy)
    age, at = facts.now - found.at, said_time(found.at)
    if age < -AHEAD:
        seen = say("selfcheck.backupAhead", "The last backup is dated {at}, which is ahead of this clock.", at=at)
        return Finding("backup", subject, Level.CANNOT_TELL, seen, remedy)
    seen = say(
        "selfcheck.backedUp",
        "The last backup is of {at}, {days} days ago: {file}.",
        at=at,
        days=max(age.days, 0),
        file=found.file,
    )
    if age >= OLD:
        return Finding("backup", subject, Level.BAD if age >= VERY_OLD else Level.WARNING, seen, remedy)
    return Finding("backup", subject, Level.OK, seen)


# What only the running program can tell


def clock_jumps(facts: Facts, running: Running) -> Finding:
    """Whether the clock was set while it ran."""
    subject, jump = say("selfcheck.ofJumps", "Clock set"), running.jump
    if jump is None:
        seen = say("selfcheck.noJump", "The clock was not set since the start.")
        return Finding("clockJumps", subject, Level.OK, seen)
    seen = say(
        "selfcheck.jumped",
        "The clock went by {seconds:+.0f} s at once at {at}; so often since the start: {count}.",
        seconds=jump.seconds,
        at=said_time(jump.at),
        count=jump.count,
    )
    remedy = say("selfcheck.slew", "Let the time service slew the clock, not step it, and look at schedules of then.")
    return Finding("clockJumps", subject, Level.WARNING, seen, remedy)


def kept(facts: Facts, running: Running) -> Finding:
    """Whether everything can be written."""
    subject = say("selfcheck.ofKept", "Writing")
    if not running.not_kept:
        seen = say("selfcheck.allKept", "Log, journal, history and pid file are written.")
        return Finding("kept", subject, Level.OK, seen)
    remedy = say("selfcheck.letWrite", "Let this program's user write there; it goes on by itself.")
    return Finding("kept", subject, Level.BAD, joined(running.not_kept), remedy)


def integrity(facts: Facts, running: Running) -> Finding:
    """Whether the databases' files are whole."""
    answer = None if running.checked is None else running.checked.integrity
    remedy = say("selfcheck.repair", "End the program, put back a backup, and see to the disk.")
    return _of("integrity", say("selfcheck.ofIntegrity", "Database"), answer, remedy)


def chain(facts: Facts, running: Running) -> Finding:
    """Whether the journal's rows are as they were written."""
    answer = None if running.checked is None else running.checked.chain
    remedy = say("selfcheck.keepEvidence", "Keep the file as it is, and compare it with a backup by --verify-journal.")
    return _of("journal", say("selfcheck.ofJournal", "Journal"), answer, remedy)


def witness(facts: Facts, running: Running) -> Finding:
    """Whether what names the journal's end bears it out."""
    answer = None if running.checked is None else running.checked.witness
    remedy = say("selfcheck.copyWitness", "Compare with a copy of the log or of the .heads file from another machine.")
    return _of("witness", say("selfcheck.ofWitness", "The journal's end"), answer, remedy)


def _of(code: str, subject: Sentence, answer: Answer | None, remedy: Sentence) -> Finding:
    if answer is None:
        seen = say("selfcheck.notLooked", "It was not looked at yet.")
        return Finding(code, subject, Level.CANNOT_TELL, seen, say("selfcheck.wait", "Wait: that is done now."))
    if answer.well is None:
        return Finding(code, subject, Level.CANNOT_TELL, answer.says, remedy)
    return Finding(code, subject, Level.OK if answer.well else Level.BAD, answer.says, None if answer.well else remedy)
