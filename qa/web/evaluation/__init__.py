"""The Evaluate view: gold questions asked, kept, compared and looked into, edited, and made of what people say.

`asking.py` > `runs.py`, `evaluated.py` are the runs; `gold.py` > `goldsets.py`, `goldforms.py` the questions;
`feedback.py` what was said of answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qa.web.evaluation import asking, feedback, gold

if TYPE_CHECKING:
    from fastapi import FastAPI

    from qa.web.collections import Collections
    from qa.web.evaluation.goldsets import More
    from qa.web.jobs import Jobs

__all__ = ["ROUTES", "add_to"]

ROUTES = (*asking.ROUTES, *gold.ROUTES, *feedback.ROUTES)


def add_to(site: FastAPI, collections: Collections, jobs: Jobs, more: More = ()) -> None:
    """Put it into `site`. `jobs` does the evaluations one after the other; `more` are gold files beside the own one."""
    asking.add_to(site, collections, jobs, more)
    gold.add_to(site, collections, more)
    feedback.add_to(site, collections)
