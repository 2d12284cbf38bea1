"""The HTML report: one file that shows an evaluation, needs nothing else and lets nothing in it act."""

from qa.evaluation.page.html import ReportPage, report_page, write_report

__all__ = ["ReportPage", "report_page", "write_report"]
