/** Every source file of ours, parsed once, in the few shapes that the rules of tidy.test.ts ask for. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseSync } from "oxc-parser";

/** One place where a file asks for another. */
export interface Import {
  /** As written. */
  readonly specifier: string;
  /** Path from the root for a file of ours, null for a package. */
  readonly target: string | null;
  /** Nothing of it is left when the program runs. */
  readonly typeOnly: boolean;
  readonly line: number;
}

/** A node of the syntax tree; only what the rules look at. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

/** One parsed file. */
export interface SourceFile {
  /** From the root, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly lines: readonly string[];
  readonly imports: readonly Import[];
  readonly program: SyntaxNode;
  readonly comments: readonly { value: string; start: number; end: number; isBlock: boolean }[];
  /** A test, or a file that only tests use: its name begins with "test-", or it lies in the sandbox's testing folder. */
  readonly isTest: boolean;
  lineOf(offset: number): number;
}

/** The root of the repository. */
export const root = fileURLToPath(new URL("../../..", import.meta.url));

const IGNORED = /(^|\/)(node_modules|generated|dist|\.next|\.git|\.quittance|test-results|playwright-report)(\/|$)/;
const CODE = /\.(ts|tsx|mjs|js)$/;

/** Paths of all files below the folders, generated ones left out. */
export function listFiles(...folders: string[]): string[] {
  const found: string[] = [];
  const visit = (path: string) => {
    for (const entry of readdirSync(join(root, path), { withFileTypes: true })) {
      const child = path === "." ? entry.name : `${path}/${entry.name}`;
      if (IGNORED.test(child)) continue;
      if (entry.isDirectory()) visit(child);
      else found.push(child);
    }
  };
  for (const folder of folders) visit(folder);
  return found.sort();
}

/** Text of a file, by its path from the root. */
export function readText(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

/** Parses all code below the folders. */
export function parseSources(...folders: string[]): SourceFile[] {
  const paths = listFiles(...folders);
  const known = new Set(paths);
  return paths.filter((path) => CODE.test(path) && !path.endsWith(".d.mts")).map((path) => parseFile(path, known));
}

/** Calls `look` for every node, outermost first. */
export function walk(node: SyntaxNode, look: (node: SyntaxNode, parent: SyntaxNode | null) => void): void {
  const visit = (current: SyntaxNode, parent: SyntaxNode | null) => {
    look(current, parent);
    for (const value of Object.values(current)) {
      for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) visit(child, current);
    }
  };
  visit(node, null);
}

/** Whether a value is a node of the tree. */
export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === "object" && value !== null && typeof (value as SyntaxNode).type === "string";
}

/** "a.b" for a member of a plain name, the name itself for an identifier, else an empty text. */
export function nameOf(node: unknown): string {
  if (!isNode(node)) return "";
  if (node.type === "Identifier") return String(node.name);
  if (node.type !== "MemberExpression" || node.computed === true) return "";
  const owner = nameOf(node.object);
  return owner && isNode(node.property) ? `${owner}.${String(node.property.name)}` : "";
}

function parseFile(path: string, known: ReadonlySet<string>): SourceFile {
  const text = readText(path);
  const { program, comments, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path} cannot be parsed: ${errors[0]?.message}`);
  const starts = [0, ...[...text.matchAll(/\n/g)].map((match) => match.index + 1)];
  const lineOf = (offset: number) => {
    let low = 0;
    for (let high = starts.length; high - low > 1; ) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  };
  const tree = program as unknown as SyntaxNode;
  return {
    path,
    text,
    lines: text.split("\n"),
    program: tree,
    imports: importsOf(path, tree, known, lineOf),
    comments: comments.map(({ value, start, end, type }) => ({ value, start, end, isBlock: type === "Block" })),
    isTest: /\.(test|spec)\.tsx?$|(^|\/)test-[a-z-]+\.ts$|^src\/sandbox\/testing\//.test(path),
    lineOf,
  };
}

function importsOf(
  path: string,
  program: SyntaxNode,
  known: ReadonlySet<string>,
  lineOf: (at: number) => number,
): Import[] {
  const imports: Import[] = [];
  const add = (node: SyntaxNode, source: unknown, typeOnly: boolean) => {
    if (!isNode(source) || typeof source.value !== "string") return;
    const target = resolveTarget(path, source.value, known);
    imports.push({ specifier: source.value, target, typeOnly, line: lineOf(node.start) });
  };
  walk(program, (node) => {
    if (node.type === "ImportDeclaration") add(node, node.source, isTypeOnly(node, "importKind"));
    if (node.type === "ExportNamedDeclaration" || node.type === "ExportAllDeclaration") {
      add(node, node.source, isTypeOnly(node, "exportKind"));
    }
    if (node.type === "ImportExpression") add(node, node.source, false);
    if (node.type === "TSImportType") add(node, isNode(node.argument) ? node.argument : node.source, true);
  });
  return imports;
}

/** `import type {…}`, or braces in which every name is marked as a type. */
function isTypeOnly(node: SyntaxNode, kind: "importKind" | "exportKind"): boolean {
  if (node[kind] === "type") return true;
  const specifiers = Array.isArray(node.specifiers) ? node.specifiers : [];
  return specifiers.length > 0 && specifiers.every((specifier: SyntaxNode) => specifier[kind] === "type");
}

function resolveTarget(from: string, specifier: string, known: ReadonlySet<string>): string | null {
  const bare = specifier.replace(/\?.*$/, "");
  const base = bare.startsWith("@/") ? `src/${bare.slice(2)}` : bare.startsWith(".") ? join(dirname(from), bare) : null;
  if (base === null) return null;
  const path = relative(root, join(root, base));
  const endings = ["", ".ts", ".tsx", ".mjs", "/index.ts", "/index.tsx"];
  return endings.map((ending) => path + ending).find((candidate) => known.has(candidate)) ?? path;
}
