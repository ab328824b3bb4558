"""Who answers: any source of ipytalk, and what a request may ask of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, runtime_checkable

from ..sources import OpenAI, Replay
from ..sources._claude import DEFAULT_MODEL, Claude
from ..sources._replay import demo
from ._checks import Asked
from ._settings import Settings


@runtime_checkable
class Variable(Protocol):
    """A source that gives another of itself with the same connections: Claude, OpenAI, or your own."""

    def varied(self, *, model: str | None, system: str | None, max_tokens: int | None) -> Callable[..., Any]:
        """Give a source with these; None leaves a value as it is."""
        ...


def make_source(settings: Settings) -> Callable[..., Any]:
    """Make the source that `settings` name."""
    key = settings.api_key.get_secret_value() if settings.api_key else None
    options: dict[str, Any] = {"base_url": settings.base_url, "api_key": key, "max_tokens": settings.max_tokens}
    match settings.upstream:
        case "claude":
            return Claude(settings.model or DEFAULT_MODEL, **options)
        case "openai":
            if settings.model is None:
                raise ValueError("An OpenAI-compatible upstream needs a model: --model NAME.")
            return OpenAI(settings.model, **options)
        case "replay":
            replay = Replay(settings.recording) if settings.recording else demo()
            replay.speed = settings.speed
            return replay


def models_of(source: Callable[..., Any], settings: Settings) -> frozenset[str]:
    """Give the models that a request may name; none if any name goes."""
    own = settings.model or getattr(source, "model", None)
    return frozenset((*settings.models, *((own,) if isinstance(own, str) else ())))


def for_request(source: Callable[..., Any], asked: Asked, settings: Settings) -> Callable[..., Any]:
    """Give what answers this request. A source that knows no models and prompts gets the messages alone."""
    if not isinstance(source, Variable):
        return source
    prompts = [prompt for prompt in (settings.system, asked.system) if prompt]
    return source.varied(
        model=asked.model, system="\n\n".join(prompts) or None, max_tokens=asked.max_tokens or settings.max_tokens
    )
