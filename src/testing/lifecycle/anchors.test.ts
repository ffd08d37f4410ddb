/** A short month with a 29th and one without; four years of the same are in anchors.deep.test.ts. */
import { it } from "vitest";
import { liveAnchors } from "./anchors";

it("fourteen months from the 29th, 30th and 31st bill every month once, on its day", async () => {
  await liveAnchors(new Date("2029-04-01T12:00:00Z"));
}, 180_000);
