"""``ipytalk-gateway``: the settings as flags, and what prints the files around it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Any, Literal, get_args, get_origin

USE = """\
One key for a class. The gateway holds the model's key and streams its answers; notebooks need only its address:

    from ipytalk import Chat
    from ipytalk.sources import SSE
    Chat(SSE("http://127.0.0.1:8000/v1/chat/stream", token="..."))
"""
EXAMPLES = """\
examples:
  ipytalk-gateway                                        a recording plays: try it, with no key
  ANTHROPIC_API_KEY=... ipytalk-gateway --upstream claude --tokens-file class.txt --limit 20 --per-user 2
  ipytalk-gateway --upstream openai --base-url http://localhost:11434/v1 --model qwen3:8b
  ipytalk-gateway --redis redis://localhost:6379/0       several gateways share one limit and one queue
  ipytalk-gateway nginx --port 8000 > /etc/nginx/sites-available/gateway
  ipytalk-gateway systemd > /etc/systemd/system/ipytalk-gateway.service

Each option can also be set in the environment: --max-tokens as IPYTALK_GATEWAY_MAX_TOKENS. Put secrets there, not in
a command that others can list. /readyz tells a load balancer whether to send requests, /metrics tells Prometheus how
it goes, /openapi.json describes the requests. SIGTERM lets running answers end; a second one doesn't.
"""
GROUPS = {
    "host": "where it listens",
    "upstream": "who answers",
    "tokens": "who may ask",
    "max_tokens": "what may be asked",
    "limit": "how many at once",
    "coalesce": "how it streams",
}
METAVARS = {
    "redis": "URL", "base_url": "URL", "model": "NAME", "models": "NAMES", "host": "ADDRESS", "speed": "TIMES",
    "tokens": "NAME=TOKEN", "api_key": "KEY", "origins": "ORIGINS",
}  # fmt: skip
SECRETS = {"api_key", "tokens", "redis"}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command."""
    try:
        from ._settings import Settings  # noqa: PLC0415  # the extra may be missing
    except ImportError as error:
        sys.exit(f"The gateway's parts aren't installed ({error.name}). Get them with: pip install ipytalk[gateway]")
    parser = _make_parser(Settings)
    given = vars(parser.parse_args(arguments))
    what = given.pop("what")
    from pydantic import ValidationError  # noqa: PLC0415

    from ._tokens import TokensError  # noqa: PLC0415

    try:
        settings = Settings(**given)
        if what == "serve":
            _serve(settings)
        else:
            from ._sites import nginx, systemd  # noqa: PLC0415

            sys.stdout.write((nginx if what == "nginx" else systemd)(settings))
    except ValidationError as error:
        wrong = [(str(each["loc"][0]) if each["loc"] else "", each["msg"]) for each in error.errors(include_url=False)]
        sys.exit("\n".join(f"ipytalk-gateway: --{name.replace('_', '-')}: {said}" for name, said in wrong))
    except (TokensError, ValueError, OSError) as error:
        sys.exit(f"ipytalk-gateway: {error}")


def _serve(settings: Any) -> None:
    from ._app import create_app  # noqa: PLC0415
    from ._logs import tell, write_json_to  # noqa: PLC0415
    from ._server import Server  # noqa: PLC0415

    app = create_app(settings=settings)
    costs = settings.upstream != "replay"
    if costs and not app.state.gateway.tokens.required and not settings.allow_anyone:
        raise ValueError(
            "Nobody is asked for a token, so anyone who reaches the gateway would spend your money. Give --tokens-file "
            "(a line each: NAME TOKEN), or say --allow-anyone."
        )
    write_json_to(None, settings.log_level)
    server = Server(app, settings)
    where = f"unix:{settings.uds}" if settings.uds else f"http://{settings.host}:{settings.port}"
    tell("serving", at=where, upstream=repr(app.state.gateway.source), tokens=app.state.gateway.tokens.required)
    server.run()


def _make_parser(settings: Any) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "ipytalk-gateway", description=USE, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "what",
        nargs="?",
        choices=("serve", "nginx", "systemd"),
        default="serve",
        help="serve (the default), or print an nginx site or a systemd unit that fits the options",
    )
    group: Any = parser
    for name, field in settings.model_fields.items():
        if name in GROUPS:
            group = parser.add_argument_group(GROUPS[name])
        options: dict[str, Any] = {"dest": name, "default": argparse.SUPPRESS}
        if field.annotation is bool:
            options["action"] = argparse.BooleanOptionalAction
        elif get_origin(field.annotation) is Literal:
            options["choices"] = get_args(field.annotation)
        else:
            options["metavar"] = METAVARS.get(name) or _metavar(field.annotation)
        default = "" if field.default in (None, (), False) or name in SECRETS else f" ({field.default})"
        options["help"] = (field.description + default).replace("%", "%%")
        group.add_argument(f"--{name.replace('_', '-')}", **options)
    return parser


def _metavar(annotation: Any) -> str:
    text = str(annotation)
    return next((word for part, word in (("int", "N"), ("float", "SECONDS"), ("Path", "FILE")) if part in text), "TEXT")
