"""An `Extract` as fields and bytes, and back, where nothing is believed: the process that sends it may be hostile."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, get_args

from qa.readers import Extract, Heading
from qa.tags import normalised_tags
from qa.types import Places, Unit

_LARGEST_NUMBER = 2**31
"""Of a page, a row, a line: more than any file that is read can have."""

_DEEPEST = 100
"""The lowest level of a heading."""


def fields_of(extract: Extract) -> tuple[dict[str, Any], bytes]:
    """Everything but the text, as JSON values, and the text in UTF-8."""
    places = extract.places
    fields = {
        "title": extract.title,
        "heading_starts": [heading.start for heading in extract.headings],
        "heading_levels": [heading.level for heading in extract.headings],
        "heading_texts": [heading.text for heading in extract.headings],
        "page_starts": extract.page_starts,
        "body_start": extract.body_start,
        "date": extract.date and extract.date.isoformat(),
        "tags": extract.tags,
        "places": places and {"unit": places.unit, "starts": places.starts, "numbers": places.numbers},
        "blank_pages": extract.blank_pages,
        "notes": extract.notes,
    }
    return fields, extract.text.encode()


def extract_of(fields: Mapping[str, Any], payload: bytes) -> Extract:
    """The extract that was sent. Raises ValueError, which says where, for what no reader gives."""
    _require(set(fields) == _NAMES, "the fields of an extract")
    text = payload.decode()
    _require("\0" not in text and not text.isspace() and text != "", "the text")
    end = len(text)
    page_starts = _offsets(fields["page_starts"], end, "page_starts")
    tags = _texts(fields["tags"], "tags")
    _require(tags == normalised_tags(tags), "tags")
    return Extract(
        title=_text(fields["title"], "title"),
        text=text,
        headings=_headings(fields, end),
        page_starts=page_starts,
        body_start=_numbers([fields["body_start"]], 0, end, "body_start")[0],
        date=_date(fields["date"]),
        tags=tags,
        places=_places(fields["places"], end),
        blank_pages=_ascending(_numbers(fields["blank_pages"], 1, len(page_starts), "blank_pages"), "blank_pages"),
        notes=_texts(fields["notes"], "notes"),
    )


_NAMES = set(fields_of(Extract(title="", text=""))[0])


def _headings(fields: Mapping[str, Any], end: int) -> tuple[Heading, ...]:
    starts = _offsets(fields["heading_starts"], end, "heading_starts")
    levels = _numbers(fields["heading_levels"], 1, _DEEPEST, "heading_levels")
    texts = _texts(fields["heading_texts"], "heading_texts")
    _require(len(starts) == len(levels) == len(texts), "the number of headings")
    return tuple(map(Heading, starts, levels, texts))


def _places(value: Any, end: int) -> Places | None:
    if value is None:
        return None
    _require(isinstance(value, dict) and set(value) == {"unit", "starts", "numbers"}, "places")
    _require(value["unit"] in get_args(Unit), "the unit of places")
    starts = _offsets(value["starts"], end, "the starts of places")
    numbers = _numbers(value["numbers"], 1, _LARGEST_NUMBER, "the numbers of places")
    _require(len(starts) == len(numbers), "the number of places")
    return Places(value["unit"], starts, numbers)


def _date(value: Any) -> datetime.date | None:
    return None if value is None else datetime.date.fromisoformat(_text(value, "date"))


def _texts(value: Any, name: str) -> tuple[str, ...]:
    _require(isinstance(value, list), name)
    return tuple(_text(text, name) for text in value)


def _text(value: Any, name: str) -> str:
    _require(isinstance(value, str) and "\0" not in value, name)
    value.encode()  # JSON can hold lone surrogates, and no store takes them
    return str(value)


def _offsets(value: Any, end: int, name: str) -> tuple[int, ...]:
    return _ascending(_numbers(value, 0, end, name), name)


def _ascending(numbers: tuple[int, ...], name: str) -> tuple[int, ...]:
    _require(list(numbers) == sorted(numbers), name)
    return numbers


def _numbers(value: Any, least: int, most: int, name: str) -> tuple[int, ...]:
    _require(isinstance(value, list) and set(map(type, value)) <= {int}, name)  # bool is not int here
    _require(not value or least <= min(value) <= max(value) <= most, name)
    return tuple(value)


def _require(condition: bool, name: str) -> None:
    if not condition:
        raise ValueError(f"{name} cannot be right")
