/** From one leap year to the next; the quick part of it is in anchors.test.ts. */
import { it } from "vitest";
import { liveAnchors } from "./anchors";

it("four years from the 29th, 30th and 31st bill every month once, on its day", async () => {
  await liveAnchors(new Date("2032-03-01T12:00:00Z"));
});
