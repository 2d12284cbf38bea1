"""Puts the report together: the template, with its style and script inside and a policy that names them by hash."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from qa.errors import PinciteError
from qa.evaluation.comparison import Comparison
from qa.evaluation.failures import CAUSES
from qa.evaluation.page import plots, rows, shown, tables
from qa.evaluation.report import Report

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class ReportPage:
    """A page, and the content security policy that it names, for who serves it to say as well."""

    markup: str
    policy: str


def write_report(
    report: Report,
    path: str | os.PathLike[str],
    *,
    title: str,
    made_from: Mapping[str, Any],
    comparison: Mapping[str, Comparison] | None = None,
) -> None:
    """Write a report as one HTML file that needs no other and no network.

    `made_from` is JSON-like: what another run would need to be this one. The same arguments give the same bytes.
    Raises PinciteError where the file cannot be written.
    """
    page = report_page(report, title=title, made_from=made_from, comparison=comparison)
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(page.markup, encoding="utf-8", newline="\n")
    except OSError as error:
        raise PinciteError(
            f"The report could not be written to {path} ({error.strerror}): name a file that can be written."
        ) from error
    except ValueError as error:  # a NUL in the name
        raise PinciteError(f"The report could not be written to {path}: that is no name of a file.") from error


def report_page(
    report: Report,
    *,
    title: str,
    made_from: Mapping[str, Any],
    comparison: Mapping[str, Comparison] | None = None,
    framed: bool = False,
) -> ReportPage:
    """The page that `write_report` writes. `framed` leaves out what stands around it where it is shown within another:
    its head and the summary."""
    style, script = _asset("report.css"), _asset("report.js")
    policy = _policy(style, script)
    comparison = comparison or {}
    environment = jinja2.Environment(
        autoescape=True,
        finalize=shown.plain,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["label"] = shown.label
    environment.globals.update(whisker=plots.whisker, latency_bar=plots.latency_bar, share_bar=plots.share_bar)
    tags = sorted({tag for row in report.per_question for tag in row.tags})
    choices = {"causes": CAUSES, "listed": list(report.causes), "tags": tags}
    page = environment.from_string(_asset("report.html")).render(
        policy=policy,
        framed=framed,
        # Both are files of ours, between tags that a test keeps out of them.
        style=Markup(style),  # noqa: S704
        script=Markup(script),  # noqa: S704
        title=title,
        report=report,
        counts=tables.counts(report),
        headlines=[
            (name, report.metrics[name], tables.HEADLINES.get(name, "")) for name in tables.headlines(report.metrics)
        ],
        comparison=comparison,
        verdicts=tables.verdicts(comparison),
        families=tables.families(report.metrics),
        stages=tables.stages(report.metrics),
        by_stage=tables.by_stage(report.metrics),
        risk_coverage=plots.risk_coverage_plot(report.per_question),
        calibration=plots.calibration_plot(report.per_question),
        distributions=plots.distributions_plot(report.per_question),
        causes=CAUSES,
        columns=rows.columns(report.per_question),
        tags=tags,
        data=shown.data(rows.table(report.per_question) | choices),
        settings=list(tables.settings(made_from)),
    )
    return ReportPage(shown.clean(page), policy)


def _asset(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    """What the page may do: use exactly this style and this script, and load nothing."""
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (style, script)]
    return (
        f"default-src 'none'; style-src 'sha256-{hashes[0]}'; script-src 'sha256-{hashes[1]}'; "
        "base-uri 'none'; form-action 'none'"
    )
