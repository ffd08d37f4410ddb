/** Where a file should say something and does not, and where it says too much at once. */
import { isNode, nameOf, type SourceFile, type SyntaxNode, walk } from "./sources";

/** Exports without a docstring right above them. Re-exports are documented where they come from. */
export function undocumentedExports(file: SourceFile): string[] {
  const body = Array.isArray(file.program.body) ? file.program.body.filter(isNode) : [];
  const seen = new Set<string>();
  return body.filter(isDeclaringExport).flatMap((node) => {
    const name = exportedName(node);
    // Overloads share the docstring of the first; a type read off a value says by that what it is.
    if (seen.has(name) || isDerivedType(node.declaration)) return [];
    seen.add(name);
    return hasDocstring(file, node.start) ? [] : [`${file.path}:${file.lineOf(node.start)} ${name}`];
  });
}

/** Whether the first thing in the file, after directives, is a comment. */
export function isOpenedByComment(file: SourceFile): boolean {
  return /^(#!.*\n)?(["']use \w+["'];?\s*)?\s*\/[/*]/.test(file.text);
}

/** Functions longer than the limit. The callback of a describe is a chapter of tests, not a function. */
export function longFunctions(file: SourceFile, limit: number): string[] {
  const offenders: string[] = [];
  walk(file.program, (node, parent) => {
    if (!/^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type)) return;
    if (file.isTest && isDescribe(parent)) return;
    const length = file.lineOf(node.end) - file.lineOf(node.start) + 1;
    if (length > limit)
      offenders.push(`${file.path}:${file.lineOf(node.start)} ${functionName(node, parent)}: ${length}`);
  });
  return offenders;
}

function isDescribe(parent: SyntaxNode | null): boolean {
  if (parent?.type !== "CallExpression") return false;
  const callee =
    isNode(parent.callee) && parent.callee.type === "CallExpression" ? parent.callee.callee : parent.callee;
  return /^(test\.)?describe(\.|$)/.test(nameOf(callee));
}

function functionName(node: SyntaxNode, parent: SyntaxNode | null): string {
  return nameOf(node.id) || nameOf(parent?.id) || nameOf(parent?.key) || "(a callback)";
}

function isDeclaringExport(node: SyntaxNode): boolean {
  if (node.type === "ExportDefaultDeclaration") return true;
  return node.type === "ExportNamedDeclaration" && isNode(node.declaration);
}

function isDerivedType(declaration: unknown): boolean {
  if (!isNode(declaration) || declaration.type !== "TSTypeAliasDeclaration") return false;
  let derived = false;
  walk(declaration, (node) => {
    if (node.type === "TSTypeQuery") derived = true;
  });
  return derived;
}

function exportedName(node: SyntaxNode): string {
  const declaration = node.declaration;
  if (!isNode(declaration)) return "default";
  if (!Array.isArray(declaration.declarations)) return nameOf(declaration.id) || "default";
  return declaration.declarations.map((one: SyntaxNode) => nameOf(one.id)).join(", ");
}

function hasDocstring(file: SourceFile, start: number): boolean {
  const above = file.comments.findLast((comment) => comment.end <= start);
  if (!above?.isBlock || !above.value.startsWith("*")) return false;
  return file.text.slice(above.end, start).trim() === "";
}
