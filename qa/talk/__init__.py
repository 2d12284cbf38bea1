"""What is kept of conversations and of what people say of answers, in `talk.db` beside the record.

`database.py` is the file; `conversations.py` > `titles.py`, `turns.py` > `answers.py` are what was asked and answered,
`feedback.py` > `candidates.py` what was said of it; `export.py` hands conversations to other programs.
"""

from qa.talk.answers import answer_of
from qa.talk.candidates import Candidate
from qa.talk.conversations import Conversation, Conversations, Summary
from qa.talk.export import as_json_lines, as_markdown
from qa.talk.feedback import Feedback, Feedbacks, Kind
from qa.talk.turns import Turn

__all__ = [
    "Candidate",
    "Conversation",
    "Conversations",
    "Feedback",
    "Feedbacks",
    "Kind",
    "Summary",
    "Turn",
    "answer_of",
    "as_json_lines",
    "as_markdown",
]
