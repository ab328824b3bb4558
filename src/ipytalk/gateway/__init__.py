"""One key for a class: a service that holds the model's key and streams to many notebooks.

It needs the extra: ``pip install ipytalk[gateway]``. ``ipytalk-gateway --help`` tells how to run it; `create_app` makes
the same as an ASGI app.
"""

from ._app import create_app
from ._places import Admission, Full, Queued, Ticket, Unavailable
from ._settings import Settings

__all__ = ["Admission", "Full", "Queued", "Settings", "Ticket", "Unavailable", "create_app"]
