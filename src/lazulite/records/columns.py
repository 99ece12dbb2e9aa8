"""Column types: moments and texts that read the same from every database."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from sqlalchemy import BigInteger, Dialect, Integer, Text
from sqlalchemy.types import TypeDecorator

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_MICROSECOND = timedelta(microseconds=1)

#: A row's number, given by the database; SQLite counts by itself only in a column of type INTEGER.
RowNumber = BigInteger().with_variant(Integer, "sqlite")


def now() -> datetime:
    """The present moment, UTC."""
    return datetime.now(timezone.utc)


def words(value: str | None) -> str | None:
    """Return text as it is stored. Half a surrogate pair, which scripts may well log and no database takes, becomes
    its escape: inside JSON text that is the same text."""
    if value is None or value.isascii():
        return value
    return value.encode(errors="backslashreplace").decode()


def moment(value: datetime | None) -> int | None:
    """Return a moment as it is stored: whole microseconds since 1970 in UTC.

    Raises:
        ValueError: it has no time zone.
    """
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError(f"the time {value.isoformat()} has no time zone; expected one, such as UTC")
    return (value - _EPOCH) // _MICROSECOND


def when(value: int | None) -> datetime | None:
    """Return the moment that was stored so."""
    return None if value is None else _EPOCH + timedelta(microseconds=value)


class Words(TypeDecorator[str]):
    """Text, stored as `words` says."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return words(value)


class Moment(TypeDecorator[datetime]):
    """A moment, stored as whole microseconds since 1970 in UTC: exact, sortable, and without a time zone to lose."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return moment(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return when(value)
