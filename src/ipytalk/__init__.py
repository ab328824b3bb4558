"""Stream a language model's answer into a notebook cell.

>>> from ipytalk import Chat
>>> chat = Chat()  # Claude if a key is set, else an offline demo
"""

from typing import Any

from ._chat import Chat
from ._reply import Reply
from ._show import show
from ._timing_plot import compare
from .failures import SourceError
from .messages import Failure, Message, Timing, Usage

__all__ = ["Chat", "Failure", "Message", "Reply", "SourceError", "Timing", "Usage", "compare", "show"]


def load_ipython_extension(shell: Any) -> None:
    """Have ``%%talk`` and ``%talk_config``, by ``%load_ext ipytalk``."""
    from ._magic import TalkMagics  # noqa: PLC0415  # only where it is asked for

    shell.register_magics(TalkMagics)
