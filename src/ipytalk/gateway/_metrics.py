"""What Prometheus is told: figures of the whole gateway, with no names of users and no content."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from ._stream import Told

SECONDS = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 7.5, 10, 15, 30, 60, 120, 300)


class Metrics:
    """The figures of one app, in a registry of their own."""

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()

        def name(of: str) -> str:
            return f"ipytalk_gateway_{of}"

        self._ttft = Histogram(
            name("time_to_first_token_seconds"),
            "From having a place to the first text",
            buckets=SECONDS,
            registry=registry,
        )
        self._waited = Histogram(name("queue_seconds"), "Waited for a place", buckets=SECONDS, registry=registry)
        self._lasted = Histogram(name("stream_seconds"), "Whole streams", buckets=SECONDS, registry=registry)
        self._streams = Counter(name("streams"), "Streams that ended", ["outcome"], registry=registry)
        self._errors = Counter(name("errors"), "Streams that failed", ["kind"], registry=registry)
        self._refused = Counter(name("refused"), "Requests without a stream", ["status", "kind"], registry=registry)
        self._tokens = Counter(name("tokens"), "Tokens, as the provider counted", ["direction"], registry=registry)
        self._running = Gauge(name("streams_running"), "Streams that have a place now", registry=registry)
        self._waiting = Gauge(name("queue_length"), "Requests that wait now", registry=registry)
        self._draining = Gauge(name("draining"), "1 while no new streams begin", registry=registry)

    def ended(self, told: Told) -> None:
        """Count a stream."""
        self._streams.labels(told.outcome).inc()
        self._lasted.observe(told.total)
        self._waited.observe(told.queued)
        if told.ttft is not None:
            self._ttft.observe(max(0.0, told.ttft - told.queued))
        if told.failure is not None:
            self._errors.labels(told.failure.kind).inc()
        self._tokens.labels("input").inc(told.usage.input_tokens or 0)
        self._tokens.labels("output").inc(told.usage.output_tokens or 0)

    def refused(self, status: int, kind: str) -> None:
        """Count a request that got no stream."""
        self._refused.labels(str(status), kind).inc()

    def page(self, running: int, waiting: int, *, draining: bool) -> bytes:
        """Give what Prometheus reads."""
        self._running.set(running)
        self._waiting.set(waiting)
        self._draining.set(draining)
        return generate_latest(self._registry)
