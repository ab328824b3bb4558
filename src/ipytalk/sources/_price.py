"""What an answer's tokens cost, at prices that the person gives."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from .._usage import Usage, is_amount, is_currency
from ..events import End, Error, Event, Start
from ._follow import wrap

MILLION = 1_000_000
# A provider answers to "gpt-5" as "gpt-5-2025-08-07": the same model, by the day it was made.
_DATED = re.compile(r"-(\d{8}|\d{4}-\d{2}-\d{2})$")


@dataclass(frozen=True)
class Prices:
    """What a million tokens cost.

    Parameters
    ----------
    input, output
        Of the prompt, and of the answer with its reasoning.
    cached, cache_write
        Of the part of the prompt that is read from a cache, and of that written to it. An answer that has such tokens,
        and no price for them, has no cost: it would be a wrong one.
    currency
        Three letters, as ISO 4217 has them.

    Examples
    --------
    >>> from ipytalk import Usage
    >>> prices = Prices(input=5.00, output=25.00, cached=0.50, cache_write=6.25)
    >>> prices.cost(Usage(input_tokens=1_800, output_tokens=300, cached_tokens=1_500))
    0.00975
    """

    input: float
    output: float
    cached: float | None = None
    cache_write: float | None = None
    currency: str = "USD"

    def __post_init__(self) -> None:
        for name in ("input", "output", "cached", "cache_write"):
            value = getattr(self, name)
            optional = value is None and name.startswith("cache")
            if not optional and not is_amount(value):
                raise ValueError(f"Prices({name}=...) is what a million tokens cost: 0 or more, not {value!r}.")
        if not is_currency(self.currency):
            raise ValueError(f"Prices(currency=...) is three capital letters, such as 'USD', not {self.currency!r}.")

    def cost(self, usage: Usage) -> float | None:
        """Give the cost of an answer, or None if a count or a price that it needs isn't known."""
        if usage.input_tokens is None or usage.output_tokens is None:
            return None
        read, written = usage.cached_tokens or 0, usage.cache_write_tokens or 0
        fresh = usage.input_tokens - read - written
        if fresh < 0:  # whoever counted didn't count as `Usage` says
            return None
        total = fresh * self.input + usage.output_tokens * self.output
        for tokens, price in ((read, self.cached), (written, self.cache_write)):
            if tokens and price is None:
                return None
            total += tokens * (price or 0)
        return round(total / MILLION, 12)


def price(source: Any, prices: Prices | Mapping[str, Prices]) -> Any:
    """Have each answer's cost in its footer, and in ``reply.usage.cost``.

    It is told when an answer is whole, of the tokens that its provider counted: a stopped or failed answer has none.
    What a provider charges beside tokens, such as searches, isn't in it.

    Parameters
    ----------
    source
        A source; or a stream, for `show`.
    prices
        What a million tokens cost; or for several models, those of each by its id.

    Returns
    -------
    source or stream
        What was given, to be used in its place.

    Examples
    --------
    >>> from ipytalk import Chat
    >>> from ipytalk.sources import Claude, Prices, price
    >>> chat = Chat(price(Claude(api_key="sk-..."), Prices(input=5, output=25)))
    """
    listed = _listed(prices)

    async def through(events: AsyncGenerator[Event, None], _: int) -> AsyncGenerator[Event, None]:
        usage, models = Usage(), set[str]()
        async with aclosing(events):
            async for event in events:
                yield event
                if isinstance(event, Error):
                    return
                if isinstance(event, Start) and event.model:
                    models.add(event.model)
                if isinstance(event, End):
                    usage = usage.merged(event.usage)
        if usage.input_tokens is not None and usage.output_tokens is not None:
            yield End(usage=_billed(usage, models, listed))

    return wrap(source, "price", through)


def _listed(prices: Any) -> Mapping[str, Prices]:
    """Give prices by the models' ids; those of "" are for any."""
    listed: Mapping[Any, Any] = prices if isinstance(prices, Mapping) and prices else {"": prices}
    for each in listed.values():
        if not isinstance(each, Prices):
            raise TypeError(
                "price(source, prices) takes Prices(input=..., output=...), or a dict of them by the models' ids, not "
                f"{each!r}."
            )
    return listed


def _billed(usage: Usage, models: set[str], listed: Mapping[str, Prices]) -> Usage:
    """Give the cost alone. Without a price there is a currency at least, so that it can be said that none is known."""
    prices = listed.get("")
    if len(models) == 1:  # of several it isn't known who spent what
        model = models.pop()
        prices = listed.get(model) or listed.get(_DATED.sub("", model)) or prices
    if prices is None:
        return Usage(currency=next(iter(listed.values())).currency)
    return Usage(cost=prices.cost(usage), currency=prices.currency)
