"""The times of an answer's chunks, kept small."""

from __future__ import annotations

import pytest

from ipytalk._chunk_times import ChunkTimes


def test_times_and_lengths_of_chunks_read_as_a_sequence_of_pairs() -> None:
    times = ChunkTimes()
    for at, length in ((0.25, 3), (0.5, 70_000), (59.123456, 1)):
        times.add(at, length)
    assert list(times) == [(0.25, 3), (0.5, 70_000), (pytest.approx(59.123456, abs=4e-6), 1)]
    assert (len(times), times[-1][1], times[:2]) == (3, 1, ((0.25, 3), (0.5, 70_000)))
