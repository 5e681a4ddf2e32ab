"""The time formats on the wire and in schedules (Z5b, Z11, Z13, Q4)."""

from datetime import UTC, datetime, timedelta, timezone, tzinfo

import pytest
import pytz

from main_controller.domain.timestamps import (
    iso_in,
    iso_utc,
    parse_schedule_value,
    said_iso,
    said_time,
    site_time,
)
from main_controller.errors import BadRequest

TOKYO = pytz.timezone("Asia/Tokyo")
BERLIN = pytz.timezone("Europe/Berlin")  # 2026: clocks skip 02:00-03:00 on 29 March, show it twice on 25 October


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2020-05-13T00:53:00.000+00:00", utc(2020, 5, 13, 0, 53)),
        ("2020-05-13T00:53:00.000 00:00", utc(2020, 5, 13, 0, 53)),  # a plain + in a curl query (Z13)
        ("2020-05-13T12:00:00+09:00", utc(2020, 5, 13, 3)),
        ("2020-05-13T12:00:00 0900", utc(2020, 5, 13, 3)),
        ("2020-05-13T12:00+09", utc(2020, 5, 13, 3)),
        ("2020-05-13 12:00-03:30", utc(2020, 5, 13, 15, 30)),
        ("2020-05-13T12:00:00Z", utc(2020, 5, 13, 12)),
        ("2020-05-13T12:00:00.5z", utc(2020, 5, 13, 12, 0, 0, 500_000)),
        ("2020-05-13T12:00", utc(2020, 5, 13, 3)),  # no offset: the site's zone
        ("  2020-05-13T12:00\n", utc(2020, 5, 13, 3)),
        ("2020-05-13T12:00:00+14:00", utc(2020, 5, 12, 22)),
    ],
)
def test_a_schedule_value_is_read_as_its_offset_or_the_sites_zone_says(text: str, expected: datetime) -> None:
    assert parse_schedule_value(text, TOKYO) == expected
    assert parse_schedule_value(text, TOKYO).utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "tomorrow", "2020-05-13", "20200513T120000Z", "2020-W20-3T12:00", "12:00", "2020-05-13T12",
        "2020-13-01T00:00", "2020-02-30T00:00", "2020-05-13T24:00", "2020-05-13T12:60", "2020-05-13T12:00:61",
        "2020-05-13T12:00:00+15:00", "2020-05-13T12:00:00+09:60", "2020-05-13T12:00:00+9",
        "2020-05-13T12:00:00\u221209:00",
        "0000-01-01T00:00Z", "0001-01-01T00:00+09:00", "9999-12-31T23:59:59-09:00", "0001-01-01T00:00",
        "2020-05-13T12:00:00,5", "2020-05-13T12:00:00.1234567", "２０２０-05-13T12:00", "2020-05-13T12:00\x00",
        "-2020-05-13T12:00", "2020-05-13T12:00+09:00[Asia/Tokyo]", "nan", "1e9", "9" * 10_000,
    ],
)  # fmt: skip
def test_anything_else_is_refused_with_a_sentence_that_quotes_it(text: str) -> None:
    with pytest.raises(BadRequest) as refusal:
        parse_schedule_value(text, TOKYO)
    assert f'"{text[:40]}"' in refusal.value.sentence
    assert len(refusal.value.sentence) < 200


def test_a_time_that_the_sites_clocks_skip_is_refused() -> None:
    with pytest.raises(BadRequest, match="does not exist in Europe/Berlin"):
        parse_schedule_value("2026-03-29T02:30", BERLIN)
    assert parse_schedule_value("2026-03-29T02:30+01:00", BERLIN) == utc(2026, 3, 29, 1, 30)


def test_of_a_time_that_the_sites_clocks_show_twice_the_earlier_instant_is_taken() -> None:
    assert parse_schedule_value("2026-10-25T02:30", BERLIN) == utc(2026, 10, 25, 0, 30)
    assert parse_schedule_value("2026-10-25T02:30+01:00", BERLIN) == utc(2026, 10, 25, 1, 30)


@pytest.mark.parametrize("zone", [pytz.utc, TOKYO, BERLIN, pytz.timezone("America/St_Johns"), pytz.FixedOffset(330)])
def test_every_zone_reads_back_what_it_shows(zone: pytz.BaseTzInfo) -> None:
    for hour in range(0, 24 * 7, 5):
        at = utc(2026, 7, 1) + timedelta(hours=hour)
        assert parse_schedule_value(iso_in(at, zone), pytz.utc) == at
        assert parse_schedule_value(at.astimezone(zone).strftime("%Y-%m-%dT%H:%M"), zone) == at


def test_times_are_written_in_utc_with_offset_and_milliseconds() -> None:
    at = datetime(2026, 5, 13, 12, 0, 0, 123_999, tzinfo=timezone(timedelta(hours=9)))
    assert iso_utc(at) == "2026-05-13T03:00:00.123+00:00"
    assert iso_in(at, TOKYO) == "2026-05-13T12:00:00+09:00"


@pytest.mark.parametrize(
    ("at", "zone", "said"),
    [
        (utc(2026, 5, 13, 3), UTC, "2026-05-13 03:00 UTC"),
        (utc(2026, 5, 13, 3, 0, 30, 999_999), UTC, "2026-05-13 03:00:30 UTC"),
        (utc(2026, 5, 13, 3), TOKYO, "2026-05-13 12:00 +09:00"),
        (utc(2026, 5, 13, 3), BERLIN, "2026-05-13 05:00 +02:00"),
        (utc(2026, 5, 13, 3), timezone(timedelta(hours=-3, minutes=-30)), "2026-05-12 23:30 -03:30"),
        (datetime(2026, 5, 13, 12, tzinfo=timezone(timedelta(hours=9))), UTC, "2026-05-13 03:00 UTC"),
    ],
)
def test_a_sentence_tells_a_time_as_a_person_writes_it(at: datetime, zone: tzinfo, said: str) -> None:
    assert said_time(at, zone) == said


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        ("2026-05-13T03:00:00.000+00:00", "2026-05-13 03:00 UTC"),
        ("2026-05-13T12:00:17+09:00", "2026-05-13 03:00:17 UTC"),
        ("2026-05-13T03:00:00", "2026-05-13T03:00:00"),
        ("yesterday", "yesterday"),
        (None, "None"),
    ],
)
def test_a_kept_time_that_is_none_stands_as_it_is(kept: object, said: str) -> None:
    assert said_iso(kept) == said


@pytest.mark.parametrize(
    ("kept", "zone", "expected"),
    [
        ("2026-11-27T03:00:00.000+00:00", "Asia/Tokyo", "2026-11-27 12:00 JST"),
        ("2026-11-27T03:00:05.900+00:00", "Asia/Tokyo", "2026-11-27 12:00:05 JST"),
        ("2026-10-25T00:30:00+00:00", "Europe/Berlin", "2026-10-25 02:30 CEST"),
        ("2026-10-25T01:30:00+00:00", "Europe/Berlin", "2026-10-25 02:30 CET"),
        ("2026-11-27T03:00:00+00:00", "Asia/Dhaka", "2026-11-27 09:00 UTC+06"),
        ("2026-11-27T03:00:00+00:00", "UTC", "2026-11-27 03:00 UTC"),
        ("2026-11-27T03:00:00", "Asia/Tokyo", "2026-11-27T03:00:00"),
        ("yesterday", "Asia/Tokyo", "yesterday"),
    ],
)
def test_a_kept_time_is_told_to_people_by_the_sites_clock_with_its_zone_named(
    kept: str, zone: str, expected: str
) -> None:
    assert site_time(kept, pytz.timezone(zone)) == expected


def test_the_seconds_stand_there_always_where_asked() -> None:
    assert site_time("2026-11-27T03:00:00+00:00", TOKYO, seconds=True) == "2026-11-27 12:00:00 JST"
