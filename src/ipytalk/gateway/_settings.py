"""What a gateway is told: by flags, by the environment, or by code."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, PositiveFloat, PositiveInt, SecretStr
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PREFIX = "IPYTALK_GATEWAY_"


def _listed(value: object) -> object:
    """Read ``a, b`` as the environment and a flag have it."""
    return tuple(each.strip() for each in value.split(",") if each.strip()) if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)]


class Settings(BaseSettings):
    """Everything that can be set. The environment has each by its name, as ``IPYTALK_GATEWAY_PORT``.

    The fields' descriptions are the text of ``ipytalk-gateway --help``.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    # --- where it listens ---
    host: str = Field(default="127.0.0.1", description="the address to listen on; 0.0.0.0 is every one")
    port: int = Field(default=8000, ge=0, le=65535, description="the port; 0 takes a free one")
    uds: Path | None = Field(default=None, description="listen on this unix socket instead of a port")

    # --- who answers ---
    upstream: Literal["replay", "claude", "openai"] = Field(
        default="replay",
        description="who answers: a recording (needs no key), Claude (ANTHROPIC_API_KEY), or an endpoint that speaks "
        "OpenAI's chat completions (OPENAI_API_KEY, --base-url)",
    )
    model: str | None = Field(default=None, description="the model, where a request names none")
    models: Names = Field(default=(), description="further models that a request may name, separated by commas")
    base_url: str | None = Field(default=None, description="where the upstream's API is, if not at its usual place")
    api_key: SecretStr | None = Field(
        default=None, description="the upstream's key; the provider's own variable is as good"
    )
    system: str | None = Field(default=None, description="a system prompt that stands before each request's own")
    recording: Path | None = Field(default=None, description="the file to replay; by default a built-in demo")
    speed: PositiveFloat = Field(default=1.0, description="how many times as fast as recorded to replay")

    # --- who may ask ---
    tokens: SecretStr | None = Field(
        default=None, description="who may ask, as NAME=TOKEN, separated by commas. Best in the environment"
    )
    tokens_file: Path | None = Field(
        default=None, description="a file of who may ask, a line each: NAME TOKEN. Changes take effect by themselves"
    )
    allow_anyone: bool = Field(
        default=False, description="let requests without a token in, even where that costs money"
    )
    origins: Names = Field(
        default=(),
        description="web pages that may ask, such as https://class.example, separated by commas; by default none",
    )

    # --- what may be asked ---
    max_tokens: PositiveInt = Field(default=4096, description="the most tokens of one answer")
    max_body: PositiveInt = Field(default=1_000_000, description="bytes of a request")
    max_message: PositiveInt = Field(default=200_000, description="characters of one message")
    max_messages: PositiveInt = Field(default=200, description="messages of a conversation")
    body_timeout: PositiveFloat = Field(default=10.0, description="seconds that a request may take to arrive")

    # --- how many at once ---
    limit: PositiveInt = Field(default=1000, description="streams at once; further requests wait")
    per_user: PositiveInt | None = Field(
        default=None, description="streams at once for each user; by default up to the limit"
    )
    queue: int = Field(default=1000, ge=0, description="requests that may wait for a place; further ones are sent away")
    queue_per_user: int | None = Field(default=None, ge=0, description="of these for each user; by default all")
    redis: SecretStr | None = Field(
        default=None, description="share the limits with other gateways through this Redis, redis://host:6379/0"
    )

    # --- how it streams ---
    coalesce: Literal["off", "word"] = Field(
        default="off", description="word: gather what comes fast into whole words. It saves much work with many streams"
    )
    heartbeat: PositiveFloat = Field(default=15.0, description="seconds of silence after which a comment is sent")
    idle_timeout: PositiveFloat = Field(default=60.0, description="seconds of the model's silence that end an answer")
    stall_timeout: PositiveFloat = Field(default=60.0, description="seconds that a client may read nothing")
    drain: float = Field(
        default=30.0, ge=0, description="seconds that running answers have when the gateway is told to stop (SIGTERM)"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="how much to log")
