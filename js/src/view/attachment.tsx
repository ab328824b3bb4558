import type { AttachmentPart } from "../protocol.ts";
import "./attachment.css";

/** What can be drawn as a picture and can't run anything. */
const PICTURES = /^image\/(png|jpeg|gif|webp)$/;

/** A picture as a thumbnail; anything else by its name. */
export function Attachment({ part }: { part: AttachmentPart }) {
  const { name, media_type: type, data } = part;
  return PICTURES.test(type) ? (
    <img class="ipytalk-picture" src={`data:${type};base64,${data}`} alt={name} title={name} />
  ) : (
    <details class="ipytalk-attachment">
      <summary>{name}</summary>
      {type.startsWith("text/") ? <pre>{data}</pre> : type}
    </details>
  );
}
