import type { Actions, Look } from "./actions.ts";
import "./empty.css";

/** Before the first message: what this is, and ways to begin. */
export function Empty({ look, undo, actions }: { look: Look; undo: boolean; actions: Actions }) {
  return (
    <div class="ipytalk-empty">
      {undo && (
        <p>
          Cleared.{" "}
          <button type="button" class="ipytalk-choice" onClick={actions.undo}>
            Undo
          </button>
        </p>
      )}
      <p class="ipytalk-title">{look.title || "What would you like to know?"}</p>
      {look.suggestions.length > 0 && (
        <div class="ipytalk-suggestions">
          {look.suggestions.map((text) => (
            <button key={text} type="button" class="ipytalk-choice" onClick={() => actions.send(text)}>
              {text}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
