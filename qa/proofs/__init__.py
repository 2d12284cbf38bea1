"""Citations as proofs: whether the words that an answer rests on still stand in their files.

`standing.py` says it while an answer is given, `verifying.py` of answers that were kept (`saved.py`), both by
`searching.py`; `folder.py` is what keeps to one folder.
"""

from qa.proofs.saved import SavedAnswer, append, read_saved
from qa.proofs.standing import Standing
from qa.proofs.verifying import Proof, verify

__all__ = ["Proof", "SavedAnswer", "Standing", "append", "read_saved", "verify"]
