import type { Attached } from "../view/memory.ts";
import type { Surroundings } from "./actions.ts";
import { element, icon } from "./element.ts";
import { upload } from "./upload.ts";

const TYPES = /^image\/(png|jpeg|gif|webp)$/;

/** Pictures on their way, of all views of the page. */
const underWay = new Set<string>();

/** Pasted, dropped and chosen pictures, as thumbnails above what is being written. */
export function attach(view: Surroundings) {
  const { root, memory, transport, store, draw, signal } = view;
  const list = element("ul", { label: "Attachments" });
  const trouble = element("p", { role: "alert" });
  const strip = element("div", { className: "ipytalk-attached" }, list, trouble);
  // What was on its way when the page was left didn't arrive.
  memory.attached = memory.attached.filter(({ id, ready }) => ready || underWay.has(id));

  const say = (text: string): void => {
    trouble.textContent = text;
    draw();
  };
  const change = (attached: readonly Attached[]): void => {
    memory.attached = attached;
    draw();
  };
  const without = (id: string) => memory.attached.filter((picture) => picture.id !== id);

  async function add(file: File): Promise<void> {
    const id = crypto.getRandomValues(new Uint32Array(2)).join("-");
    const name = unused(file.name || "picture", memory.attached);
    const thumbnail = TYPES.test(file.type) ? await shrink(file) : null;
    if (thumbnail === null) {
      say(`${name} can't be attached: it must be a picture, as PNG, JPEG, GIF or WebP.`);
      return;
    }
    underWay.add(id);
    change([...memory.attached, { id, name, thumbnail, ready: false }]);
    const refusal = await upload(transport.call, id, name, file);
    underWay.delete(id);
    if (refusal === null) {
      change(memory.attached.map((picture) => (picture.id === id ? { ...picture, ready: true } : picture)));
    } else {
      change(without(id));
      say(refusal);
    }
  }
  const addAll = (files: Iterable<File>): void => {
    trouble.textContent = "";
    for (const file of files) void add(file);
    focus();
  };
  const focus = () => root.querySelector<HTMLElement>(".ipytalk-input")?.focus({ preventScroll: true });

  const chooser = element("input", { type: "file", multiple: true, accept: "image/*", hidden: true });
  chooser.onchange = () => {
    addAll(chooser.files ?? []);
    chooser.value = "";
  };
  const button = element(
    "button",
    { type: "button", className: "ipytalk-button", label: "Attach", title: "Attach pictures" },
    icon("M3 3h10v10H3zM3 11l3-3 2.500 2.500L11 8l2 2M6 5.700v.600"),
  );
  button.onclick = () => chooser.click();

  root.addEventListener(
    "paste",
    (event) => {
      const { clipboardData: pasted } = event;
      // A spreadsheet gives its cells as text and as a picture: the text is meant.
      if (!pasted?.files.length || pasted.types.includes("text/plain") || !isWriting(event.target)) return;
      event.preventDefault();
      event.stopPropagation();
      addAll(pasted.files);
    },
    { signal },
  );
  const drag = (event: DragEvent): void => {
    const composer = root.querySelector(".ipytalk-composer");
    if (!composer || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    event.stopPropagation();
    composer.toggleAttribute("data-drop", event.type === "dragover");
    if (event.type === "drop") addAll(event.dataTransfer.files);
  };
  for (const type of ["dragover", "dragleave", "drop"] as const)
    root.addEventListener(type, drag, { signal });
  signal.addEventListener("abort", () => strip.remove());

  let shown: readonly Attached[] = [];
  let { refused } = store.state;
  return {
    button,
    strip,
    /** Show what is attached in `composer`. */
    draw(composer: Element): void {
      if (store.state.refused !== refused) {
        refused = store.state.refused;
        // What couldn't be sent isn't lost.
        if (refused?.text !== undefined && refused?.text !== null && memory.attached.length === 0)
          change(memory.sent);
      }
      const { attached } = memory;
      if (attached !== shown) {
        list.replaceChildren(...attached.map((picture) => thumbnail(picture)));
        shown = attached;
      }
      const empty = attached.length === 0 && !trouble.textContent;
      if (empty) strip.remove();
      else if (composer.firstElementChild !== strip) composer.prepend(strip);
    },
  };

  function thumbnail({ id, name, thumbnail: src, ready }: Attached): HTMLElement {
    const remove = element(
      "button",
      { type: "button", label: `Remove ${name}`, title: `Remove ${name}` },
      "×",
    );
    remove.onclick = () => {
      trouble.textContent = "";
      change(without(id));
      focus();
    };
    const item = element("li", {}, element("img", { src, alt: name, title: name }), remove);
    item.toggleAttribute("data-waiting", !ready);
    return item;
  }
}

/** In the composer, not in an older message that is being edited. */
function isWriting(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest(".ipytalk-composer") !== null;
}

function unused(name: string, attached: readonly Attached[]): string {
  const taken = (tried: string) => attached.some((other) => other.name === tried);
  const [, stem = name, ending = ""] = /^(.+?)(\.\w+)?$/.exec(name) ?? [];
  let tried = name;
  for (let number = 2; taken(tried); number++) tried = `${stem}-${number}${ending}`;
  return tried;
}

/** A thumbnail as a data URL, or null if the browser can't read the picture. */
async function shrink(file: File): Promise<string | null> {
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, 112 / Math.min(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.min(224, Math.max(1, Math.round(picture.width * scale)));
    canvas.height = Math.min(224, Math.max(1, Math.round(picture.height * scale)));
    canvas.getContext("2d")?.drawImage(picture, 0, 0, picture.width * scale, picture.height * scale);
    picture.close();
    return canvas.toDataURL("image/webp", 0.8);
  } catch {
    return null;
  }
}
