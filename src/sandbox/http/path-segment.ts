/** Ids out of addresses that people and broken programs type. */

/** Reads one segment of a path; one that is no valid URL-encoded text is taken as it stands, and so names nothing. */
export function readSegment(text: string | undefined): string {
  try {
    return decodeURIComponent(text ?? "");
  } catch {
    return text ?? "";
  }
}
