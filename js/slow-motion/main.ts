import "./main.css";
import { AMBIGUOUS } from "../tests/markdown-documents/ambiguous.ts";
import { generatedAnswer } from "../tests/markdown-documents/answer.ts";
import everyConstruct from "../tests/markdown-documents/every-construct.txt?raw";
import { GIANTS } from "../tests/markdown-documents/giants.ts";
import { chunked } from "./chunking.ts";
import { drawCounters, logEntry } from "./panel.ts";
import { Stream } from "./stream.ts";
import { Timeline } from "./timeline.ts";

const DOCUMENTS = new Map<string, () => string>([
  ["every construct", () => everyConstruct],
  ["a generated answer, 10k tokens", () => generatedAnswer(40_000)],
  ["a generated answer, 50k tokens", () => generatedAnswer(200_000)],
  ...AMBIGUOUS.map(({ name, source }) => [`ambiguous: ${name}`, () => source] as const),
  ...GIANTS.map(({ name, source }) => [`giant: ${name}`, () => source] as const),
]);

const at = <T extends HTMLElement>(id: string, kind: abstract new () => T): T => {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no #${id}`);
  return found;
};

const picker = at("document", HTMLSelectElement);
const chunking = at("chunking", HTMLSelectElement);
const speed = at("speed", HTMLInputElement);
const width = at("width", HTMLInputElement);
const scroller = at("scroller", HTMLElement);
const stage = at("stage", HTMLElement);
const log = at("log", HTMLElement);
const play = at("play", HTMLButtonElement);

// esbuild tells of each new build: a saved style or renderer shows at once.
new EventSource("/esbuild").addEventListener("change", () => location.reload());

let text = everyConstruct;
let playing = false;
let owed = 0;
let before = 0;
let stream = new Stream(scroller, chunked(text, chunking.value));
const timeline = new Timeline(at("timeline", HTMLCanvasElement), (share) =>
  go(share * (stream.chunks.length + 1)),
);

/** Characters a second: from one to ten thousand, on a logarithmic scale. */
const pace = () => 10 ** (Number(speed.value) / 25);

function restart(): void {
  stream.stop();
  stream = new Stream(scroller, chunked(text, chunking.value));
  log.replaceChildren();
  owed = 0;
  draw();
}

/** Draws the next flush, and logs it if it wasn't steady. */
function advance(): void {
  const again = stream.flushes[stream.position] !== undefined;
  const flush = stream.advance();
  if (!flush?.incident || again) return;
  log.append(logEntry(flush.incident, stream.chunks[flush.incident.flush] ?? "", go));
}

function go(position: number): void {
  setPlaying(false);
  stream.seek(Math.round(position));
  draw();
}

function setPlaying(now: boolean): void {
  if (now && stream.ended) restart();
  playing = now;
  play.textContent = playing ? "Pause" : "Play";
  if (!playing) return;
  before = performance.now();
  requestAnimationFrame(tick);
}

/** Plays what is due since the last frame, and gives up a frame's time at most. */
function tick(now: number): void {
  if (!playing) return;
  owed += (pace() * (now - before)) / 1000;
  before = now;
  const deadline = performance.now() + 12;
  while (!stream.ended) {
    const size = stream.chunks[stream.position]?.length ?? 0;
    if (owed < size) break;
    owed -= size;
    advance();
    if (performance.now() > deadline) {
      owed = 0;
      break;
    }
  }
  draw();
  if (stream.ended) setPlaying(false);
  else requestAnimationFrame(tick);
}

function draw(): void {
  const count = stream.chunks.length + 1;
  timeline.draw(stream.flushes, stream.position, count);
  drawCounters(at("counters", HTMLElement), stream.flushes);
  at("position", HTMLElement).textContent = `flush ${stream.position} of ${count}`;
  at("speed-shown", HTMLOutputElement).value = `${Math.round(pace())} characters/s`;
  at("width-shown", HTMLOutputElement).value = `${width.value} px`;
  drawSource();
  if (!stream.ended) stage.scrollTop = stage.scrollHeight;
}

/** The source around the next chunk, which is marked. */
function drawSource(): void {
  const next = document.createElement("mark");
  next.textContent = stream.chunks[stream.position] ?? (stream.ended ? "" : "(the end)");
  const past = stream.chunks.slice(Math.max(0, stream.position - 60), stream.position).join("");
  const coming = stream.chunks.slice(stream.position + 1, stream.position + 40).join("");
  const source = at("source", HTMLElement);
  source.replaceChildren(past.slice(-160), next, coming.slice(0, 160));
  source.scrollTop = next.offsetTop - source.clientHeight / 2;
}

async function open(file: File | undefined): Promise<void> {
  if (!file) return;
  text = await file.text();
  const name = file.name;
  DOCUMENTS.set(name, () => text);
  picker.append(new Option(name, name, false, true));
  setPlaying(false);
  restart();
}

picker.append(...[...DOCUMENTS.keys()].map((name) => new Option(name, name)));
picker.addEventListener("change", () => {
  text = DOCUMENTS.get(picker.value)?.() ?? "";
  setPlaying(false);
  restart();
});
chunking.addEventListener("change", restart);
speed.addEventListener("input", draw);
width.addEventListener("input", () => {
  scroller.style.width = `${width.value}px`;
  draw();
});
at("dark", HTMLInputElement).addEventListener("change", (event) => {
  document.documentElement.classList.toggle("dark", (event.target as HTMLInputElement).checked);
  draw();
});
at("file", HTMLInputElement).addEventListener("change", (event) => {
  void open((event.target as HTMLInputElement).files?.[0]);
});
document.addEventListener("dragover", (event) => event.preventDefault());
document.addEventListener("drop", (event) => {
  event.preventDefault();
  void open(event.dataTransfer?.files[0]);
});
play.addEventListener("click", () => setPlaying(!playing));
at("step", HTMLButtonElement).addEventListener("click", () => step(1));
at("back", HTMLButtonElement).addEventListener("click", () => step(-1));
addEventListener("resize", draw);
addEventListener("keydown", (event) => {
  const inControl = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
  if (inControl || event.ctrlKey || event.metaKey || event.altKey) return;
  const action = { " ": () => setPlaying(!playing), ArrowRight: () => step(1), ArrowLeft: () => step(-1) }[
    event.key
  ];
  if (!action) return;
  event.preventDefault();
  action();
});

function step(by: 1 | -1): void {
  setPlaying(false);
  if (by === 1) advance();
  else stream.seek(stream.position - 1);
  draw();
}

scroller.style.width = `${width.value}px`;
draw();
