"""One key for a class: the seed's back end as a service, an ordinary ASGI app."""
