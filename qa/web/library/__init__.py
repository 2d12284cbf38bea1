"""The Library view: what is uploaded, pasted, followed, listed and removed.

`addresses.py` answers; `ingestion.py` is what goes in and out, `slips.py` what becomes of each file, `removals.py` what
can still be undone, `watches.py` the folders that are followed, `followed.py` where they are kept, `listing.py` what
there is.
"""

from qa.web.library.addresses import ROUTES, add_to

__all__ = ["ROUTES", "add_to"]
