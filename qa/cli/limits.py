"""The limits of `pincite eval`, as they are written: METRIC=VALUE."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from qa.errors import PinciteError


def read_floors(texts: Sequence[str]) -> dict[str, float]:
    """Raises PinciteError for what is no metric or number, and for a metric of which less is better."""
    return _limits("--fail-under", texts, higher=True)


def read_ceilings(texts: Sequence[str]) -> dict[str, float]:
    """Raises PinciteError for what is no metric or number, and for a metric of which more is better."""
    return _limits("--fail-over", texts, higher=False)


def _limits(option: str, texts: Sequence[str], *, higher: bool) -> dict[str, float]:
    """Floors or ceilings; a floor of a metric of which less is better would say nothing."""
    from qa.evaluation.metrics import LOWER_IS_BETTER, METRICS

    numbers = _numbers(option, texts, METRICS)
    for name in numbers:
        if (name in LOWER_IS_BETTER) == higher:
            other = "--fail-over" if higher else "--fail-under"
            raise PinciteError(f"{option} {name}: {'lower' if higher else 'higher'} is better there, use {other}.")
    return numbers


def read_margins(texts: Sequence[str], *, compares: bool) -> dict[str, float]:
    from qa.evaluation.metrics import METRICS, PAIRED

    margins = _numbers("--max-drop", texts, METRICS)
    if margins and not compares:
        raise PinciteError("--max-drop compares with an earlier run: name it with --baseline.")
    for name, margin in margins.items():
        if name not in PAIRED:
            raise PinciteError(
                f"--max-drop {name}: questions have no score of their own in it, so that two runs cannot be compared. "
                "Set a limit with --fail-under or --fail-over."
            )
        if margin < 0:
            raise PinciteError(f"--max-drop {name}={margin:g}: how much worse it may become cannot be negative.")
    return margins


def _numbers(option: str, texts: Sequence[str], metrics: Sequence[str]) -> dict[str, float]:
    numbers = {}
    for text in texts:
        name, value = (part.strip() for part in text.partition("=")[::2])
        if name in numbers:
            raise PinciteError(f"{option} {text}: {name} was given twice; say which one counts.")
        if name not in metrics:
            near = get_close_matches(name.lower(), metrics, n=3) or ["ndcg@10", "f1", "answered"]
            raise PinciteError(
                f"{option} {text}: there is no metric {name}. Is it {' or '.join(near)}? pincite eval prints them all."
            )
        try:
            numbers[name] = float(value)
        except ValueError as error:
            raise PinciteError(f"{option} {text}: {value!r} is not a number; write for example f1=0.7.") from error
        if numbers[name] != numbers[name]:
            raise PinciteError(f"{option} {text}: nothing can be compared with nan.")
        if numbers[name] > 1:
            raise PinciteError(f"{option} {text}: metrics go from 0 to 1; write 70 % as 0.7.")
    return numbers
