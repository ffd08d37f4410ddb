/**
 * The shape of an endpoint: a method, a path pattern in Stripe's notation, what it accepts, and a synchronous handler.
 *
 * `accepts` lists every parameter the endpoint implements (as a small schema, http/params.ts); a parameter that Stripe has
 * and the sandbox does not is listed under `unsupported` and answers 501, everything else answers `parameter_unknown`.
 */
import type { Transaction } from "../store/transaction";
import type { Infer, ParameterSchema, Parameters } from "./params";

/** What a handler receives beside the transaction. */
export interface RouteInput {
  /** Values of the path's `:names`. */
  path: Record<string, string>;
  /** Decoded and validated parameters of body or query string (without `expand`). */
  params: Parameters;
  /** "secret", or "publishable" when a browser calls with a publishable key. */
  keyKind: "secret" | "publishable";
  /** The server's own base URL, for links inside objects. */
  baseUrl: string;
}

/** An endpoint. The handler returns the unexpanded Stripe object; the server expands, serialises and stores the reply. */
export interface Route {
  method: "GET" | "POST" | "DELETE";
  /** For example "/v1/customers/:customer". */
  pattern: string;
  accepts: ParameterSchema;
  /** Names of top-level or nested (`a[b]`) parameters Stripe has here and the sandbox refuses with 501. */
  unsupported?: readonly string[];
  /** Whether a publishable key may call it (the handler then checks client_secret). */
  publishable?: boolean;
  handle(tx: Transaction, input: RouteInput): unknown;
}

/** RouteInput with the parameters typed by the route's own schema. */
export interface TypedRouteInput<S extends ParameterSchema> extends Omit<RouteInput, "params"> {
  params: Infer<S>;
}

/** Declares a route so that its handler sees `params` typed by `accepts`. Use this instead of a bare Route literal. */
export function defineRoute<S extends ParameterSchema>(
  route: Omit<Route, "accepts" | "handle"> & {
    accepts: S;
    handle(tx: Transaction, input: TypedRouteInput<S>): unknown;
  },
): Route {
  return route;
}

/** The value of a `:name` of the pattern; patterns guarantee presence, the compiler cannot know. */
export function pathValue(input: { path: Record<string, string> }, name: string): string {
  return input.path[name] ?? "";
}
