"""Stream a language model's answer into a notebook cell.

>>> from ipytalk import Chat
>>> chat = Chat()  # Claude if a key is set, else an offline demo
"""

from ._chat import Chat
from ._reply import Reply
from ._show import show
from .failures import SourceError
from .messages import Failure, Message, Timing, Usage

__all__ = ["Chat", "Failure", "Message", "Reply", "SourceError", "Timing", "Usage", "show"]
