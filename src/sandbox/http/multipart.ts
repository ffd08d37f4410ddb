/**
 * Uploads: multipart/form-data as the form that the rest of the server understands.
 *
 * Owns: finding the parts of a body. Of a file its name, its kind and its size go on, not its content: the sandbox keeps no
 * contents.
 */

/** The boundary of a multipart content type; null for any other type. */
export function boundaryOf(contentType: string | undefined): string | null {
  const match = /^multipart\/form-data\s*;.*?boundary=(?:"([^"]{1,70})"|([^\s;]{1,70}))/i.exec(contentType ?? "");
  return match === null ? null : (match[1] ?? match[2] ?? null);
}

/** The body as form text: `purpose=…&file[filename]=…&file[size]=…`. */
export function formOfMultipart(bytes: Buffer, boundary: string): string {
  // Latin-1 keeps every byte as one character, so lengths stay true.
  const parts = bytes.toString("latin1").split(`--${boundary}`).slice(1, -1);
  const pairs = parts.flatMap((part) => {
    const end = part.indexOf("\r\n\r\n");
    if (end < 0) return [];
    const headers = part.slice(0, end);
    const content = part.slice(end + 4).replace(/\r\n$/, "");
    const name = /content-disposition:[^\r\n]*?[;\s]name="([^"]*)"/i.exec(headers)?.[1];
    const filename = /content-disposition:[^\r\n]*?[;\s]filename="([^"]*)"/i.exec(headers)?.[1];
    if (name === undefined) return [];
    if (filename === undefined) return [pair(name, utf8(content))];
    const type = /content-type:\s*([^\s;]+)/i.exec(headers)?.[1] ?? "application/octet-stream";
    return [
      pair(`${name}[filename]`, utf8(filename)),
      pair(`${name}[content_type]`, type),
      pair(`${name}[size]`, String(content.length)),
    ];
  });
  return pairs.join("&");
}

function pair(name: string, value: string): string {
  return `${encodeURIComponent(name)}=${encodeURIComponent(value)}`;
}

function utf8(text: string): string {
  return Buffer.from(text, "latin1").toString("utf8");
}
