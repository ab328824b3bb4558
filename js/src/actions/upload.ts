import type { Call, Reply } from "../protocol.ts";

/** Bytes of one piece: 1 MB in base64. A websocket that gets more than 10 MiB at once is closed without a word. */
const PIECE = 750_000;

/** Send a file to the kernel; gives null, or a sentence that says why it isn't taken. */
export async function upload(
  call: (call: Call) => Promise<Reply>,
  id: string,
  name: string,
  file: Blob,
): Promise<string | null> {
  for (let offset = 0; offset < file.size; offset += PIECE) {
    const data = await base64(file.slice(offset, offset + PIECE));
    const reply = await call({ type: "upload", upload: id, name, offset, size: file.size, data });
    if (reply.status === "error") return reply.message;
  }
  return null;
}

function base64(piece: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ""));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(piece);
  });
}
