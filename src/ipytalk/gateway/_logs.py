"""One line of JSON for each event, with the request's id and without any content."""

from __future__ import annotations

import json
import logging
import sys
import time
from typing import Any, TextIO

log = logging.getLogger("ipytalk.gateway")


class JSONLines(logging.Formatter):
    """A record as a line of JSON; what `fields` of its ``extra`` holds joins it."""

    def format(self, record: logging.LogRecord) -> str:
        """Give the line."""
        at = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{record.msecs:03.0f}Z"
        line: dict[str, Any] = {"time": at, "level": record.levelname.lower(), "event": record.getMessage()}
        line |= getattr(record, "fields", {})
        if record.exc_info and record.exc_info[0]:  # the type and place, never the message: it may repeat a request
            trace = record.exc_info[2]
            while trace is not None and trace.tb_next is not None:
                trace = trace.tb_next
            line["exception"] = record.exc_info[0].__name__
            line["at"] = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""
        return json.dumps(line, ensure_ascii=False, default=str)


def write_json_to(stream: TextIO | None, level: str) -> None:
    """Send the gateway's logs, and those of its server, to `stream`; by default standard error."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JSONLines())
    for name in ("ipytalk", "uvicorn"):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.propagate = False
        logger.setLevel(level.upper())


def tell(event: str, *, level: int = logging.INFO, **fields: Any) -> None:
    """Log `event` with its figures; those that are None are left out."""
    known = {name: value for name, value in fields.items() if value is not None}
    log.log(level, event, extra={"fields": known})
