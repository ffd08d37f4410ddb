/**
 * The house rules, checked. Each test lists every offender, with its place, so that it can be mended without asking.
 * An exception is a line in an allowlist here, with the reason written beside it.
 */
import { beforeAll, describe, expect, it } from "vitest";
import { isOpenedByComment, longFunctions, undocumentedExports } from "./tidy/documentation";
import { layerOf, refusal } from "./tidy/layers";
import { findUnreached } from "./tidy/reach";
import { readSchemaModels } from "./tidy/schema";
import { isNode, listFiles, nameOf, parseSources, readText, type SourceFile, walk } from "./tidy/sources";

const LINE_LIMIT = 400;
const FUNCTION_LIMIT = 70;

/** Path patterns, each with why the rule does not hold there. */
type Allowlist = readonly (readonly [pattern: RegExp, reason: string])[];

const READS_ENVIRONMENT: Allowlist = [
  [/^src\/env\.ts$/, "the one reader"],
  [/^src\/sandbox\/main\.ts$/, "a program of its own that may import nothing of ours"],
  [/^src\/sandbox\/testing\//, "the sandbox's tests read its recording option, and may import nothing of ours"],
  [/^src\/cli\/start\/[a-z-]+\.mjs$/, "runs before anything is installed"],
  [
    /^e2e\/(playwright\.config|global-setup|fixtures|installation)\.ts$/,
    "Playwright hands values to its workers in the environment",
  ],
];

const READS_CLOCK: Allowlist = [
  [/^src\/(sandbox|stripe|server|billing\/kernel)\/(.*\/)?[a-z-]*(clock|real-time)[a-z-]*\.ts$/, "a clock file"],
];

const PRINTS: Allowlist = [[/^src\/cli\//, "a command line prints"]];

const TENANT_KEYS: Readonly<Record<string, string>> = {};

let sources: SourceFile[];
let code: SourceFile[];
beforeAll(() => {
  sources = parseSources("src", "e2e", "prisma");
  code = sources.filter(({ isTest }) => !isTest);
});

const isAllowed = (list: Allowlist, path: string) => list.some(([pattern]) => pattern.test(path));
const at = (file: SourceFile, offset: number) => `${file.path}:${file.lineOf(offset)}`;
const inDomain = ({ path }: SourceFile) => /^src\/(billing|stripe|sandbox)\//.test(path);

describe("imports", () => {
  it("follow the table of layers", () => {
    const clients = new Set(sources.filter(({ text }) => /^["']use client["']/.test(text)).map(({ path }) => path));
    const layer = (path: string) => layerOf(path, clients.has(path));
    const offenders = code.flatMap((file) => {
      const from = layer(file.path);
      if (!from) return [];
      return file.imports.flatMap(({ target, typeOnly, line }) => {
        const to = target ? layer(target) : null;
        if (!target || !to) return [];
        const reason = refusal({ path: file.path, layer: from }, { path: target, layer: to }, typeOnly);
        return reason ? [`${file.path}:${line} imports ${target}: ${reason}`] : [];
      });
    });
    expect(offenders).toEqual([]);
  });

  it("of the sandbox stay inside the sandbox", () => {
    const offenders = code
      .filter(({ path }) => path.startsWith("src/sandbox/"))
      .flatMap(({ path, imports }) =>
        imports
          .filter(({ target }) => target && !target.startsWith("src/sandbox/"))
          .map(({ line }) => `${path}:${line}`),
      );
    expect(offenders).toEqual([]);
  });

  it('of "stripe" are in src/stripe alone; the sandbox may use its types and test itself with it', () => {
    const offenders = sources.flatMap(({ path, imports, isTest }) => {
      if (path.startsWith("src/stripe/") || (isTest && path.startsWith("src/sandbox/"))) return [];
      return imports
        .filter(
          ({ specifier, typeOnly }) =>
            /^stripe(\/|$)/.test(specifier) && !(typeOnly && path.startsWith("src/sandbox/")),
        )
        .map(({ line }) => `${path}:${line}`);
    });
    expect(offenders).toEqual([]);
  });

  it("reach every file from something that runs", () => {
    expect(findUnreached(sources)).toEqual([]);
  });
});

describe("code", () => {
  const find = (look: (file: SourceFile, report: (offset: number) => void) => void, files = sources) => {
    const offenders: string[] = [];
    for (const file of files) look(file, (offset) => offenders.push(at(file, offset)));
    return offenders;
  };

  it("reads the environment in env.ts alone", () => {
    const offenders = find((file, report) => {
      if (isAllowed(READS_ENVIRONMENT, file.path)) return;
      walk(file.program, (node) => {
        if (nameOf(node) === "process.env") report(node.start);
      });
    });
    expect(offenders).toEqual([]);
  });

  it("reads the machine's clock in clock files alone", () => {
    const offenders = find((file, report) => {
      if (isAllowed(READS_CLOCK, file.path) || file.isTest || /\.mjs$/.test(file.path)) return;
      walk(file.program, (node) => {
        const called = node.type === "CallExpression" ? nameOf(node.callee) : "";
        const bare = node.type === "NewExpression" && nameOf(node.callee) === "Date" && !hasArguments(node.arguments);
        if (bare || called === "Date.now" || called === "Date" || called.startsWith("Temporal.Now."))
          report(node.start);
      });
    });
    expect(offenders).toEqual([]);
  });

  it('says "any" nowhere, and hides no complaint of the compiler', () => {
    const offenders = find((file, report) => {
      walk(file.program, (node) => {
        if (node.type === "TSAnyKeyword") report(node.start);
      });
      for (const { value, start } of file.comments) if (/@ts-(ignore|expect-error|nocheck)/.test(value)) report(start);
    });
    expect(offenders).toEqual([]);
  });

  it("prints on the command line alone", () => {
    const offenders = find((file, report) => {
      if (isAllowed(PRINTS, file.path)) return;
      walk(file.program, (node) => {
        if (node.type === "CallExpression" && nameOf(node.callee).startsWith("console.")) report(node.start);
      });
    });
    expect(offenders).toEqual([]);
  });

  it("waits in browser specs for something, never for a time", () => {
    const offenders = find((file, report) => {
      if (!file.path.startsWith("e2e/")) return;
      for (const match of file.text.matchAll(/waitForTimeout/g)) report(match.index);
    });
    expect(offenders).toEqual([]);
  });

  it(`has no file over ${LINE_LIMIT} lines`, () => {
    const offenders = sources.filter(({ lines }) => lines.length > LINE_LIMIT + 1);
    expect(offenders.map(({ path, lines }) => `${path}: ${lines.length - 1}`)).toEqual([]);
  });

  it(`has no function over ${FUNCTION_LIMIT} lines`, () => {
    expect(sources.flatMap((file) => longFunctions(file, FUNCTION_LIMIT))).toEqual([]);
  });

  it("is named in kebab-case, without vague roles", () => {
    const offenders = sources.filter(({ path }) => {
      const name = path.split("/").at(-1) ?? "";
      return !/^[a-z0-9]+([.-][a-z0-9]+)*$/.test(name) || /(service|manager|utils?|helpers?)\.(ts|tsx)$/.test(name);
    });
    expect(offenders.map(({ path }) => path)).toEqual([]);
  });
});

describe("words", () => {
  it("contain no leftover markers", () => {
    const marker = new RegExp(`\\b(${["TO" + "DO", "FIX" + "ME", "X" + "XX"].join("|")})\\b`);
    expect(textsMatching(marker)).toEqual([]);
  });

  it("name nothing of the place where this was written", () => {
    expect(textsMatching(new RegExp(`${"/wo" + "rk/"}|\\bissue #?\\d+`, "i"))).toEqual([]);
  });

  it("document every export of the domain, of the Stripe side and of the sandbox", () => {
    expect(code.filter(inDomain).flatMap(undocumentedExports)).toEqual([]);
  });

  it("open every file of the domain, of the Stripe side and of the sandbox with why it exists", () => {
    const offenders = code.filter(
      (file) => inDomain(file) && !file.path.endsWith("/index.ts") && !isOpenedByComment(file),
    );
    expect(offenders.map(({ path }) => path)).toEqual([]);
  });
});

describe("database", () => {
  it("explains every model", () => {
    const offenders = readSchemaModels().filter(({ hasComment }) => !hasComment);
    expect(offenders.map(({ name, path }) => `${path}: ${name}`)).toEqual([]);
  });

  it("puts the tenant first in every key of what a tenant owns", () => {
    const owned = readSchemaModels().filter(({ fields, name }) => fields.has("tenantId") && !(name in TENANT_KEYS));
    const offenders = owned.flatMap(({ name, path, keys }) =>
      keys.filter(({ fields }) => fields[0] !== "tenantId").map(({ text }) => `${path}: ${name} ${text}`),
    );
    expect(offenders).toEqual([]);
  });
});

function hasArguments(value: unknown): boolean {
  return Array.isArray(value) && value.some(isNode);
}

function textsMatching(pattern: RegExp): string[] {
  const texts = [...listFiles("src", "e2e", "prisma", ".ci"), "README.md", "package.json"];
  const there = new Set(listFiles("."));
  return texts
    .filter((path) => /\.(ts|tsx|mjs|js|css|prisma|sql|md|json|html)$|run$/.test(path))
    .filter((path) => there.has(path))
    .flatMap((path) =>
      readText(path)
        .split("\n")
        .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${line.trim().slice(0, 80)}`] : [])),
    );
}
