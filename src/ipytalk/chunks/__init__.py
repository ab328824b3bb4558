"""A chunk of any SDK, or of one's own, as events. Recognised by shape: no SDK is imported.

========================  ===================================================================================
source                    what it may yield
========================  ===================================================================================
your own                  strings, `ipytalk.events`, and their JSON as dicts
Anthropic                 raw events (also as dicts), the events of ``messages.stream()``, ``text_stream``
OpenAI, LiteLLM           chunks of chat completions and events of responses, also as dicts
Ollama                    parts of ``chat`` and ``generate``, also as dicts
LangChain                 message chunks of ``astream``, LangGraph's ``(chunk, metadata)``, ``astream_events``
pydantic-ai               ``run_stream``, ``run_stream_events``, and their events and texts
chatlas                   strings and contents of ``stream_async``
========================  ===================================================================================
"""

from ._reader import ChunkReader

__all__ = ["ChunkReader"]
