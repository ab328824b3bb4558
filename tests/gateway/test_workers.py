"""Two processes of the gateway and Debian's Redis: one limit, whatever happens to one of them or to Redis."""

from __future__ import annotations

from pathlib import Path

from programs import until
from two_workers import LIMIT, kill_one, two_workers


def test_two_workers_keep_one_limit_and_one_takes_over_when_the_other_is_killed(tmp_path: Path) -> None:
    with two_workers(tmp_path, lease=1.5, tokens=8, gap=0.05) as two:
        seen = kill_one(two, asked=80)
        assert seen.most == LIMIT
        assert len(seen.answers) == 40
        assert all(each.whole for each in seen.answers)


def test_when_redis_restarts_running_answers_go_on_new_ones_are_told_and_the_limit_still_holds(tmp_path: Path) -> None:
    with two_workers(tmp_path, lease=1.5, tokens=10_000, gap=0.05) as two:
        clients, upstream = two.clients, two.upstream
        running = [clients.ask(two.gateways[number % 2].port) for number in range(LIMIT)]
        until(lambda: upstream.open == LIMIT, "the limit reached")

        two.redis.kill()
        refused = clients.ask(two.gateways[0].port)
        until(lambda: refused.status, "an answer")
        assert refused.status == 503
        assert b"retry-after: " in refused.raw.lower()
        assert b"Try again in a few seconds" in refused.raw
        assert two.ready(0) == 503
        until(lambda: two.ready(1) == 503, "the other to say so too")

        two.redis.start()
        until(lambda: two.ready(0) == two.ready(1) == 200, "both ready again")
        late = [clients.ask(each.port) for each in two.gateways]
        until(lambda: all(b'"type":"queued"' in each.raw for each in late), "new ones in the queue")
        assert upstream.open == LIMIT
        upstream.enough = True
        until(lambda: all(each.whole for each in running), "the first to end")
        until(lambda: all(each.whole for each in late), "the late ones to end", 30)
        assert upstream.most == LIMIT
