"""Where answers come from.

A source is anything that can be called with the messages so far and gives an iterator, plain or async, of strings, of
`ipytalk.events`, or of a known SDK's chunks. These are the ready-made ones; `pace`, `price` and `record` go around any.
"""

from ._claude import Claude
from ._openai import OpenAI
from ._pace import pace
from ._price import Prices, price
from ._record import record
from ._replay import Replay
from ._route import route
from ._sse import SSE
from ._tools import tool

__all__ = ["SSE", "Claude", "OpenAI", "Prices", "Replay", "pace", "price", "record", "route", "tool"]
