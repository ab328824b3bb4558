"""What an answer took of its provider: tokens, and what they cost."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any


@dataclass(frozen=True, slots=True, repr=False)
class Usage:
    """Tokens of one answer, as the provider counted them. None means that it didn't say.

    Attributes
    ----------
    input_tokens
        Tokens of the prompt, those read from a cache and written to it included.
    output_tokens
        Tokens of the answer, its reasoning included.
    cached_tokens
        The part of `input_tokens` that was read from a cache.
    cache_write_tokens
        The part of `input_tokens` that was written to a cache.
    cost, currency
        What these tokens cost, where a source was given prices with `ipytalk.sources.price`. A currency without a cost
        means that a price was missing.
    """

    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int | None = None
    cache_write_tokens: int | None = None
    cost: float | None = None
    currency: str | None = None

    def merged(self, newer: Usage) -> Usage:
        """Take each figure that `newer` knows: providers send them in pieces, each one cumulative."""
        known = {f.name: value for f in fields(newer) if (value := getattr(newer, f.name)) is not None}
        return replace(self, **known)

    def __add__(self, other: Usage) -> Usage:
        """Sum up the tokens of two requests; what neither knows stays unknown. Costs are of whole answers."""
        return Usage(
            _plus(self.input_tokens, other.input_tokens),
            _plus(self.output_tokens, other.output_tokens),
            _plus(self.cached_tokens, other.cached_tokens),
            _plus(self.cache_write_tokens, other.cache_write_tokens),
        )

    def __repr__(self) -> str:
        known = (f"{f.name}={value!r}" for f in fields(self) if (value := getattr(self, f.name)) is not None)
        return f"Usage({', '.join(known)})"

    def to_json(self) -> dict[str, Any]:
        """Give plain JSON; cost and currency are left out where there are no prices."""
        data = {f.name: getattr(self, f.name) for f in fields(self)}
        if self.currency is None:
            del data["cost"], data["currency"]
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Usage:
        """Read what `to_json` wrote, or a back end; a cost that is none is passed over."""
        usage = cls(**{f.name: data[f.name] for f in fields(cls) if f.name in data})
        if is_currency(usage.currency) and (usage.cost is None or is_amount(usage.cost)):
            return usage
        return replace(usage, cost=None, currency=None)


def _plus(one: int | None, other: int | None) -> int | None:
    return other if one is None else one + (other or 0)


def is_amount(value: object) -> bool:
    """Whether `value` is a finite number from 0."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < math.inf


def is_currency(value: object) -> bool:
    """Whether `value` is a currency's code, which a page can write an amount with."""
    return isinstance(value, str) and re.fullmatch(r"[A-Z]{3}", value) is not None
