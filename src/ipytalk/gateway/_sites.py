"""What stands around a gateway: an nginx site and a systemd unit that fit its settings."""

from __future__ import annotations

import math
import shlex
import sys
from pathlib import Path

from ._settings import Settings

_NGINX = """\
# ipytalk-gateway behind nginx. Put your name and certificate in, then:
#   nginx -t && systemctl reload nginx

upstream ipytalk_gateway {{
    server {where} max_fails=0;
    # One line for each further process; share the limits among them with --redis.
    keepalive 64;
}}

server {{
    listen 443 ssl;
    server_name class.example;
    ssl_certificate     /etc/ssl/certs/class.example.pem;
    ssl_certificate_key /etc/ssl/private/class.example.key;

    client_max_body_size {body};
    client_header_timeout 10s;
    client_body_timeout {body_timeout}s;

    location = /v1/chat/stream {{
        proxy_pass http://ipytalk_gateway;
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        proxy_set_header Host $host;
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        proxy_set_header X-Forwarded-Proto $scheme;
        proxy_set_header X-Request-Id $request_id;

        # Each token at once: the gateway also says so itself, by X-Accel-Buffering.
        proxy_buffering off;
        gzip off;
        # Heartbeats come every {heartbeat:g} s; four may get lost.
        proxy_read_timeout {read}s;
        proxy_send_timeout {read}s;
        # A question must not be asked twice.
        proxy_next_upstream off;
    }}

    location = /healthz {{ proxy_pass http://ipytalk_gateway; }}
    location = /readyz {{ proxy_pass http://ipytalk_gateway; }}
    # /metrics stays inside: let Prometheus ask the gateway itself.
    location / {{ return 404; }}
}}
"""

_SYSTEMD = """\
# /etc/systemd/system/ipytalk-gateway.service
#   systemctl daemon-reload && systemctl enable --now ipytalk-gateway
# Secrets are in /etc/ipytalk-gateway.env, which only root may read:
#   ANTHROPIC_API_KEY=...
#   IPYTALK_GATEWAY_TOKENS=ada=...,grace=...

[Unit]
Description=ipytalk gateway: one key for a class
After=network-online.target
Wants=network-online.target

[Service]
ExecStart={command}
EnvironmentFile=-/etc/ipytalk-gateway.env
Restart=on-failure
# Running answers have {drain:g} s when it is told to stop.
KillMode=mixed
TimeoutStopSec={stop}
# A stream is a connection, and one more to the model.
LimitNOFILE=65535

DynamicUser=yes
RuntimeDirectory=ipytalk-gateway
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
CapabilityBoundingSet=

[Install]
WantedBy=multi-user.target
"""


def nginx(settings: Settings) -> str:
    """Give an nginx site before a gateway with these settings."""
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104
    return _NGINX.format(
        where=f"unix:{settings.uds}" if settings.uds else f"{host}:{settings.port}",
        body=settings.max_body,
        body_timeout=math.ceil(settings.body_timeout),
        heartbeat=settings.heartbeat,
        read=max(60, math.ceil(settings.heartbeat * 5)),
    )


def systemd(settings: Settings) -> str:
    """Give a systemd unit that starts a gateway with these settings, all but the secret ones."""
    given = [
        (name, value)
        for name, value in settings.model_dump(exclude={"tokens", "api_key", "redis"}, exclude_defaults=True).items()
        if value is not None
    ]
    options: list[str] = []
    for name, value in given:
        flag = f"--{name.replace('_', '-')}"
        if isinstance(value, bool):
            options.append(flag if value else f"--no-{flag[2:]}")
        else:
            options += [flag, ",".join(value) if isinstance(value, tuple) else str(value)]
    command = [str(Path(sys.executable).with_name("ipytalk-gateway")), *options]
    return _SYSTEMD.format(command=shlex.join(command), drain=settings.drain, stop=math.ceil(settings.drain) + 10)
