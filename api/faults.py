"""What Pydantic finds wrong with a body, said as the problems of our own laws: code, field, row, expected, found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import SecretStr

from reserve.errors import Problem

SECRET = ("password", "secret", "token")
MAX_FOUND = 80
"""Characters of a wrong value that are given back."""

KINDS: Mapping[str, tuple[str, str]] = {
    "missing": ("missing", "a value"),
    "extra_forbidden": ("unknown_field", "only known fields"),
    "int_from_float": ("not_whole", "a whole number"),
    "int_parsing": ("not_whole", "a whole number"),
    "int_type": ("not_whole", "a whole number"),
    "float_parsing": ("not_a_number", "a number"),
    "float_type": ("not_a_number", "a number"),
    "finite_number": ("not_a_number", "a number"),
    "int_parsing_size": ("number_too_large", "a smaller number"),
    "bool_parsing": ("not_yes_or_no", "true or false"),
    "bool_type": ("not_yes_or_no", "true or false"),
    "string_type": ("not_text", "a text"),
    "string_unicode": ("not_text", "a text"),
    "string_too_short": ("too_short", "at least {min_length} characters"),
    "string_too_long": ("too_long", "at most {max_length} characters"),
    "too_short": ("too_few", "at least {min_length} entries"),
    "too_long": ("too_many", "at most {max_length} entries"),
    "string_pattern_mismatch": ("wrong_form", "text of the form {pattern}"),
    "enum": ("not_in_list", "one of {expected}"),
    "literal_error": ("not_in_list", "one of {expected}"),
    "greater_than": ("too_small", "more than {gt}"),
    "greater_than_equal": ("too_small", "at least {ge}"),
    "less_than": ("too_large_value", "less than {lt}"),
    "less_than_equal": ("too_large_value", "at most {le}"),
    "timezone_aware": ("no_time_zone", "a time with its zone, like 2021-01-05T08:00:00+08:00"),
    "datetime_parsing": ("not_a_time", "a time with its zone, like 2021-01-05T08:00:00+08:00"),
    "datetime_from_date_parsing": ("not_a_time", "a time with its zone, like 2021-01-05T08:00:00+08:00"),
    "datetime_type": ("not_a_time", "a time with its zone, like 2021-01-05T08:00:00+08:00"),
    "date_parsing": ("not_a_day", "a day like 2021-01-05"),
    "date_from_datetime_parsing": ("not_a_day", "a day like 2021-01-05"),
    "date_from_datetime_inexact": ("not_a_day", "a day like 2021-01-05"),
    "date_type": ("not_a_day", "a day like 2021-01-05"),
    "uuid_parsing": ("not_a_uuid", "a UUID"),
    "model_attributes_type": ("not_an_object", "an object"),
    "model_type": ("not_an_object", "an object"),
    "dict_type": ("not_an_object", "an object"),
    "tuple_type": ("not_a_list", "a list"),
    "list_type": ("not_a_list", "a list"),
}
"""Pydantic's kind of error: our code and what was expected. ``{name}`` is filled from Pydantic's context."""


def problems_of(errors: Sequence[Any]) -> tuple[list[Problem], bool]:
    """The problems, and whether the body was no JSON at all."""
    if any(error["type"] == "json_invalid" for error in errors):
        return [], True
    return [_problem(error) for error in errors if not _is_echo(error, errors)], False


def _is_echo(error: Any, errors: Sequence[Any]) -> bool:
    """Pydantic also calls a list too short when its entries were faulty; only the entries are at fault then."""
    place = error["loc"]
    return error["type"] == "too_short" and any(
        len(other["loc"]) > len(place) and other["loc"][: len(place)] == place for other in errors
    )


def _problem(error: Mapping[str, Any]) -> Problem:
    place = [part for part in error["loc"] if part not in ("body", "query", "path", "header")]
    code, expected = KINDS.get(error["type"], ("invalid_value", "a valid value"))
    context = error.get("ctx", {})
    if error["type"] == "enum" or error["type"] == "literal_error":
        context = {"expected": context["expected"].replace("'", "").replace(" or ", ", ").replace(", ", " / ")}
    return Problem(
        code,
        ".".join(str(part) for part in place) or "body",
        expected.format_map(context) if code != "invalid_value" else _own_words(error),
        _found(error["type"], place, error.get("input")),
        next((part + 1 for part in place if isinstance(part, int)), None),
    )


def _own_words(error: Mapping[str, Any]) -> str:
    """What a validator of ours said it expected, else the plain word."""
    reason = error.get("ctx", {}).get("error")
    return str(reason) if isinstance(reason, ValueError) else "a valid value"


def _found(kind: str, place: Sequence[Any], value: Any) -> str:
    if kind == "missing":
        return "nothing"
    if isinstance(value, SecretStr) or any(word in str(part) for part in place for word in SECRET):
        return "***"
    text = str(value)
    return text if len(text) <= MAX_FOUND else f"{text[:MAX_FOUND]}…"
