/** The Prisma schema as the rules see it: models with their comments, fields and keys. */
import { listFiles, readText } from "./sources";

/** One model. */
export interface SchemaModel {
  readonly name: string;
  readonly path: string;
  readonly hasComment: boolean;
  readonly fields: ReadonlySet<string>;
  /** Fields of the primary key and of every unique index, in order, with how it is written. */
  readonly keys: readonly { fields: readonly string[]; text: string }[];
}

/** Reads prisma/schema. */
export function readSchemaModels(): SchemaModel[] {
  const paths = listFiles("prisma/schema").filter((path) => path.endsWith(".prisma"));
  return paths.flatMap((path) => modelsOf(path, readText(path)));
}

function modelsOf(path: string, text: string): SchemaModel[] {
  const pattern = /((?:^\/\/\/.*\n)*)^model (\w+) \{\n([\s\S]*?)^\}/gm;
  return [...text.matchAll(pattern)].map(([, comment = "", name = "", body = ""]) => {
    const lines = body.split("\n").map((line) => line.trim());
    const declarations = lines.filter((line) => line && !line.startsWith("//"));
    return {
      name,
      path,
      hasComment: comment.length > 0,
      fields: new Set(declarations.filter((line) => !line.startsWith("@@")).map((line) => line.split(/\s+/)[0] ?? "")),
      keys: declarations.flatMap(keyOf),
    };
  });
}

function keyOf(line: string): { fields: string[]; text: string }[] {
  const block = /^@@(?:id|unique)\((?:fields:\s*)?\[([^\]]+)\]/.exec(line);
  if (block) return [{ fields: (block[1] ?? "").split(",").map((field) => field.trim()), text: line }];
  if (line.startsWith("@@") || !/\s@(id|unique)\b/.test(line)) return [];
  const field = line.split(/\s+/)[0] ?? "";
  return [{ fields: [field], text: line.replace(/\s+/g, " ") }];
}
