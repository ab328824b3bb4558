// A page's client of the gateway, as small as they come: fetch, a reader, frames split at the empty line. It prints what
// it understood, as JSON: the text as it grew, the figures, the error, and whether the sentinel came.
//
//   node reader.mjs URL QUESTION [LEAVE_AFTER]
//
// With LEAVE_AFTER it stops, as a Stop button does, once it has so many characters.

const [url, question, leaveAfter] = process.argv.slice(2);
const seen = { status: "pending", text: "", growths: 0, usage: null, metrics: null, error: null, done: false, other: [] };
const stop = new AbortController();

function take(data) {
  if (data === "[DONE]") {
    seen.done = true;
    return;
  }
  let event;
  try {
    event = JSON.parse(data);
  } catch {
    seen.other.push("malformed");
    return;
  }
  if (event.type === "text") {
    seen.text += event.text;
    seen.growths += 1;
    if (leaveAfter && seen.text.length >= Number(leaveAfter)) stop.abort();
  } else if (event.type === "stream_end") {
    Object.assign(seen, { status: "complete", usage: event.usage, metrics: event.metrics });
  } else if (event.type === "error") {
    Object.assign(seen, { status: "error", error: event });
  } else {
    seen.other.push(event.type);
  }
}

try {
  const response = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ messages: [{ role: "user", content: question }], system: "You are a helpful AI assistant." }),
    signal: stop.signal,
  });
  if (!response.ok) throw new Error(`HTTP ${response.status}: ${(await response.json()).message}`);
  seen.status = "streaming";
  const reader = response.body.getReader();
  const decoder = new TextDecoder(); // characters may be cut in two between reads
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    rest += decoder.decode(value, { stream: true });
    const blocks = rest.split("\n\n");
    rest = blocks.pop();
    for (const line of blocks.flatMap((block) => block.split("\n"))) {
      if (line.startsWith("data: ")) take(line.slice("data: ".length).trim());
    }
  }
  if (seen.status === "streaming") seen.status = "cut off";
} catch (error) {
  if (error.name === "AbortError") seen.status = "complete"; // stopping is a choice: what came stays
  else Object.assign(seen, { status: "error", error: { message: error.message } });
}
console.log(JSON.stringify(seen));
