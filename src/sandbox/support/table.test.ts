/** The README tells what the routes do, and the routes do what it tells. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { routes } from "../routes";
import { startTestSandbox } from "../testing/start";
import { supportSection, withSupportSection } from "./table";

it("has a README whose table of support is fresh", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const isFresh = withSupportSection(readme, routes) === readme;
  expect(isFresh, "The table in src/sandbox/README.md is stale: run `npm run -s sandbox:table` and commit it.").toBe(
    true,
  );
});

it("answers 501, and changes nothing, for what the table says it lacks", async () => {
  const test = await startTestSandbox();
  try {
    const send = async (method: string, path: string, body = "") => {
      const response = await fetch(`${test.sandbox.url}${path}`, {
        method,
        headers: { authorization: "Bearer sk_test_table", "content-type": "application/x-www-form-urlencoded" },
        ...(method === "POST" ? { body } : {}),
      });
      return { status: response.status, reply: (await response.json()) as { error?: { param?: string } } };
    };
    for (const route of routes) {
      const [refused] = route.unsupported ?? [];
      if (refused === undefined || refused.includes("[")) continue;
      const path = route.pattern.replaceAll(/:[a-z_]+/gi, "any_1");
      const { status, reply } =
        route.method === "POST"
          ? await send("POST", path, `${refused}=1`)
          : await send(route.method, `${path}?${refused}=1`);
      expect([`${route.method} ${path}`, status, reply.error?.param]).toEqual([
        `${route.method} ${path}`,
        501,
        refused,
      ]);
    }
    const missing = [...supportSection(routes).matchAll(/^\| `(\/v1\/[a-z_/]+)` \| (GET|POST|DELETE) (\S*?),? /gm)];
    expect(missing.length).toBeGreaterThan(20);
    for (const [, resource = "", method = "", rest = ""] of missing) {
      const path = `${resource}${rest === "/" ? "" : rest}`.replaceAll("\\*", "any_1");
      expect([`${method} ${path}`, (await send(method, path)).status]).toEqual([`${method} ${path}`, 501]);
    }
    expect(test.sandbox.store.size("event")).toBe(0);
  } finally {
    await test.close();
  }
});
