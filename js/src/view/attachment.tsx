import { useEffect, useState } from "preact/hooks";
import type { Loader } from "../enhancements/loader.ts";
import type { AttachmentPart } from "../protocol.ts";
import "./attachment.css";

/** What can be drawn as a picture and can't run anything. */
const PICTURES = /^image\/(png|jpeg|gif|webp)$/;

/** A picture as a thumbnail; anything else by its name. What is large comes when it is first shown. */
export function Attachment({ part, loader }: { part: AttachmentPart; loader: Loader }) {
  const { name, media_type: type, ref } = part;
  const [data, setData] = useState(part.data);
  useEffect(() => {
    if (ref) void loader.attached(ref).then(setData);
  }, [ref, loader]);
  return PICTURES.test(type) ? (
    <img
      class="ipytalk-picture"
      src={data ? `data:${type};base64,${data}` : undefined}
      alt={name}
      title={name}
    />
  ) : (
    <details class="ipytalk-attachment">
      <summary>{name}</summary>
      {type.startsWith("text/") ? <pre>{data}</pre> : type}
    </details>
  );
}
