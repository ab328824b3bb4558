"""Values of a notebook as what a model can be told: text, pictures, documents. Recognised by shape."""

from __future__ import annotations

import base64
import io
import json
import mimetypes
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from .messages import AttachmentPart, Part, TextPart

LARGEST = 4_000_000  # bytes: the API takes pictures of 5 MB in base64, and a websocket messages of 10 MiB
ROWS, COLUMNS, CELL = 8, 60, 80  # what a table's sample holds, and characters of a cell
TEXT = 20_000  # characters of anything else

_MAGIC = (
    (b"\x89PNG", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"RIFF", "image/webp"),
    (b"%PDF", "application/pdf"),
)


def message_parts(content: str | Sequence[Any]) -> tuple[Part, ...]:
    """Give the parts of what a person says: a text, or a list of texts and values.

    Raises
    ------
    TypeError, ValueError
        If a value can't be shown to a model, or is too large.
    """
    parts: list[Part] = []
    for value in [content] if isinstance(content, str) else content:
        if isinstance(value, str):
            said = any(isinstance(part, TextPart) for part in parts)
            parts.append(TextPart(f"\n\n{value}" if said else value))
        else:
            parts += attachments(value)
    return tuple(parts)


def attachments(value: Any) -> list[AttachmentPart]:
    """Give one value as attachments."""
    if isinstance(value, AttachmentPart):
        return [value]
    if isinstance(value, bytes | bytearray):
        return [attachment_of("bytes", bytes(value))]
    if isinstance(value, Path):
        return [attachment_of(value.name, value.read_bytes())]
    if (picture := _picture(value)) is not None:
        return [attachment_of(type(value).__name__, picture)]
    if isinstance(value, list | tuple) and any(_is_rich(each) for each in value):
        return [part for each in value for part in attachments(each)]
    return [AttachmentPart(type(value).__name__, "text/markdown", as_text(value))]


def as_text(value: Any) -> str:
    """Give a value as text of a bounded length, which says what it leaves out."""
    if isinstance(value, str):
        return _bounded(value)
    if _is_table(value):
        return describe(value)
    if hasattr(value, "to_frame"):
        return describe(value.to_frame())
    try:
        return _bounded(json.dumps(value, ensure_ascii=False, default=_plain))
    except (TypeError, ValueError):
        return _bounded(repr(value))


def describe(table: Any) -> str:
    """Give a table's shape, schema and first rows. It is a pandas or polars DataFrame, or one that looks like them."""
    rows, columns = table.shape
    names = [str(name) for name in table.columns]
    types = [str(type_) for type_ in table.dtypes]
    lines = [f"{type(table).__name__} of {rows:,} rows and {columns:,} columns", "", "Columns:"]
    lines += [f"- {name}: {type_}" for name, type_ in zip(names[:COLUMNS], types, strict=False)]
    if columns > COLUMNS:
        lines.append(f"- ({columns - COLUMNS:,} more columns are left out)")
    head = table.head(ROWS)
    sample: Iterable[Any] = head.rows() if hasattr(head, "rows") else head.itertuples(index=False, name=None)
    lines += ["", f"First {min(rows, ROWS)} rows:" if rows > ROWS else "All rows:", ""]
    lines += [_row(names[:COLUMNS]), _row(["---"] * min(columns, COLUMNS))]
    lines += [_row(row[:COLUMNS]) for row in sample]
    if rows > ROWS:
        lines += ["", f"({rows - ROWS:,} more rows are left out)"]
    return _bounded("\n".join(lines))


def _row(cells: Iterable[Any]) -> str:
    return f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _cell(value: Any) -> str:
    text = str(value).replace("\n", " ").replace("|", "\\|")
    return text if len(text) <= CELL else f"{text[:CELL]}…"


def _bounded(text: str) -> str:
    if len(text) <= TEXT:
        return text
    return f"{text[:TEXT]}\n\n({len(text) - TEXT:,} more characters are left out)"


def _plain(value: Any) -> Any:
    for convert in ("tolist", "isoformat", "to_dict"):
        if hasattr(value, convert):
            return getattr(value, convert)()
    return str(value)


def _is_table(value: Any) -> bool:
    return all(hasattr(value, name) for name in ("columns", "dtypes", "head", "shape"))


def _is_rich(value: Any) -> bool:
    return isinstance(value, bytes | AttachmentPart) or _is_table(value) or _picture(value) is not None


def _picture(value: Any) -> bytes | None:
    """Draw a matplotlib figure or axes, a Pillow image, or what draws itself as PNG."""
    figure: Any = value if hasattr(value, "savefig") else getattr(value, "figure", None)
    into = io.BytesIO()
    if hasattr(figure, "savefig"):
        figure.savefig(into, format="png", dpi=100, bbox_inches="tight")
    elif hasattr(value, "save") and hasattr(value, "mode"):
        value.save(into, format="PNG")
    elif hasattr(value, "_repr_png_"):
        drawn = value._repr_png_()  # IPython's protocol
        return drawn if isinstance(drawn, bytes) else None
    return into.getvalue() or None


def attachment_of(name: str, data: bytes) -> AttachmentPart:
    """Give bytes as what their first ones say that they are; raises if a model can't be told, or not so much."""
    if len(data) > LARGEST:
        raise ValueError(
            f"{name} has {len(data) / 1e6:.1f} MB; at most {LARGEST / 1e6:.0f} MB can be sent. Make it smaller."
        )
    for magic, media_type in _MAGIC:
        if data.startswith(magic):
            return AttachmentPart(name, media_type, base64.b64encode(data).decode())
    try:
        return AttachmentPart(name, "text/plain", data.decode())
    except UnicodeDecodeError:
        guess = mimetypes.guess_type(name)[0] or "no known type"
        raise TypeError(f"{name} ({guess}) can't be sent: it must be text, a picture or a PDF.") from None
