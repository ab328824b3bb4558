"""How an answer ended, in a sentence: page, notebook and plain text say the same."""

from __future__ import annotations

# A source of one's own may use its provider's words.
_SAME: dict[str | None, str | None] = {
    **dict.fromkeys(("end_turn", "stop", "stop_sequence", "completed")),
    "length": "max_tokens",
    "content_filter": "refusal",
}

_NOTES = {
    "stopped": "Stopped.",
    "max_tokens": "The answer reached its limit of tokens.",
    "model_context_window_exceeded": "The conversation reached the limit of what the model can read.",
    "refusal": "The model declined to answer.",
    "pause_turn": "The model paused before it was done.",
    "tool_use": "The model waits for the result of a tool.",
}

# In the place of an answer that has no text: what to do about it, too.
_SILENT: dict[str | None, str] = {
    None: "The model ended its answer without a word. Try again, or ask in another way.",
    "max_tokens": "The answer reached its limit of tokens before its first word. Allow more with max_tokens.",
    "model_context_window_exceeded": "The conversation reached the limit of what the model can read. Begin a new one.",
    "refusal": "The model declined to answer, and gave no reason. Ask in another way, or ask another model.",
}


def note_of(stop_reason: str | None, *, said: bool) -> str | None:
    """Give what a person should know of an answer's end, or None if all is well.

    Parameters
    ----------
    stop_reason
        Why it ended.
    said
        Whether there is anything to read; if not, the sentence stands in its place.
    """
    reason = _SAME.get(stop_reason, stop_reason)
    if not said and reason in _SILENT:
        return _SILENT[reason]
    return reason and (_NOTES.get(reason) or f"The answer ended early: {reason.replace('_', ' ')}.")
