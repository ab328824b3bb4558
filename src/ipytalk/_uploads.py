"""Pictures that a page sends in pieces, until a message takes them along."""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections import OrderedDict
from collections.abc import Sequence

from ._attachments import LARGEST, attachment_of
from ._protocol import CommandError, Upload
from .messages import AttachmentPart

KEPT = 40_000_000  # bytes of pictures that no message has taken yet; beyond it the oldest go
NAME = 80  # characters
PICTURES = frozenset(("image/png", "image/jpeg", "image/gif", "image/webp"))


class Uploads:
    """What the pages of one chat have sent. Every method is called under the conversation's lock."""

    def __init__(self) -> None:
        self._growing: OrderedDict[str, bytearray] = OrderedDict()
        self._whole: OrderedDict[str, AttachmentPart] = OrderedDict()

    def add(self, piece: Upload) -> None:
        """Take the next piece of a picture.

        Raises
        ------
        CommandError
            If it can't be sent to a model: too large, or no picture.
        """
        if piece.size > LARGEST:
            raise CommandError(
                f"{piece.name} has {piece.size / 1e6:.1f} MB; at most {LARGEST / 1e6:.0f} MB can be sent. "
                "Make it smaller, and attach it again."
            )
        data = self._growing.setdefault(piece.upload, bytearray())
        try:
            received = b64decode(piece.data, validate=True)
        except (binascii.Error, ValueError):
            received = b""
        if not received or piece.offset != len(data) or len(data) + len(received) > piece.size:
            del self._growing[piece.upload]
            raise CommandError(f"{piece.name} didn't arrive whole. Attach it again.")
        data += received
        if len(data) == piece.size:
            del self._growing[piece.upload]
            self._whole[piece.upload] = _picture(" ".join(piece.name.split())[:NAME], bytes(data))
        self._forget()

    def parts(self, ids: Sequence[str]) -> tuple[AttachmentPart, ...]:
        """Give pictures that a message takes along; `drop` them when it did."""
        try:
            return tuple(self._whole[id_] for id_ in ids)
        except KeyError:
            raise CommandError(
                "A picture isn't in the kernel any more. Remove the pictures and attach them again."
            ) from None

    def drop(self, ids: Sequence[str]) -> None:
        """Forget pictures."""
        for id_ in ids:
            self._whole.pop(id_, None)

    def _forget(self) -> None:
        while sum(map(len, self._growing.values())) + sum(len(part.data) for part in self._whole.values()) > KEPT:
            (self._whole or self._growing).popitem(last=False)


def _picture(name: str, data: bytes) -> AttachmentPart:
    try:
        part = attachment_of(name, data)
    except (TypeError, ValueError) as error:
        raise CommandError(str(error)) from error
    if part.media_type not in PICTURES:
        raise CommandError(f"{name} is no picture that can be sent: attach a PNG, JPEG, GIF or WebP.")
    return part
