"""What is kept of conversations and of what people say of answers, in `talk.db` beside the record.

`database.py` is the file; `conversations.py` > `titles.py`, `turns.py` > `answers.py` are what was asked and answered,
`standing.py` what has become of the words it rests on, `feedback.py` > `candidates.py` what was said of it; `export.py`
hands conversations to other programs.
"""

from qa.talk.answers import answer_of
from qa.talk.candidates import Candidate
from qa.talk.conversations import LISTED, Conversation, Conversations, DeletedError, Summary
from qa.talk.export import as_json_lines, as_markdown, file_name
from qa.talk.feedback import CorrectionKeptError, Feedback, Feedbacks, Kind
from qa.talk.standing import look_again
from qa.talk.turns import Turn

__all__ = [
    "LISTED",
    "Candidate",
    "Conversation",
    "Conversations",
    "CorrectionKeptError",
    "DeletedError",
    "Feedback",
    "Feedbacks",
    "Kind",
    "Summary",
    "Turn",
    "answer_of",
    "as_json_lines",
    "as_markdown",
    "file_name",
    "look_again",
]
