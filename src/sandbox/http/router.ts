/** Finds the route of a method and path; a literal segment wins over a `:name`. */
import type { Route } from "./route";

interface Node {
  literals: Map<string, Node>;
  parameter: Node | null;
  routes: Map<string, { route: Route; names: string[] }>;
}

/** A matched route with the values of its `:names`. */
export interface Match {
  route: Route;
  path: Record<string, string>;
}

function emptyNode(): Node {
  return { literals: new Map(), parameter: null, routes: new Map() };
}

/** All routes of the API, by path segments. */
export class Router {
  private readonly root = emptyNode();

  constructor(routes: readonly Route[]) {
    for (const route of routes) this.add(route);
  }

  match(method: string, path: string): Match | null {
    const values: string[] = [];
    const found = this.descend(this.root, path.split("/").slice(1), 0, method, values);
    if (found === null) return null;
    return {
      route: found.route,
      path: Object.fromEntries(found.names.map((name, position) => [name, values[position] ?? ""])),
    };
  }

  private add(route: Route): void {
    let node = this.root;
    const names: string[] = [];
    for (const segment of route.pattern.split("/").slice(1)) {
      if (segment.startsWith(":")) {
        names.push(segment.slice(1));
        node.parameter ??= emptyNode();
        node = node.parameter;
      } else {
        const child = node.literals.get(segment) ?? emptyNode();
        node.literals.set(segment, child);
        node = child;
      }
    }
    if (node.routes.has(route.method)) throw new Error(`Two routes for ${route.method} ${route.pattern}.`);
    node.routes.set(route.method, { route, names });
  }

  private descend(
    node: Node,
    segments: string[],
    position: number,
    method: string,
    values: string[],
  ): { route: Route; names: string[] } | null {
    const segment = segments[position];
    if (segment === undefined) return node.routes.get(method) ?? null;
    const literal = node.literals.get(segment);
    if (literal !== undefined) {
      const found = this.descend(literal, segments, position + 1, method, values);
      if (found !== null) return found;
    }
    if (node.parameter === null || segment === "" || segment === "." || segment === "..") return null;
    values.push(segment);
    const found = this.descend(node.parameter, segments, position + 1, method, values);
    if (found === null) values.pop();
    return found;
  }
}
