/**
 * One API request from bytes to bytes: key, version, parameters, idempotency, the handler's transaction, expansion.
 *
 * The reply of a POST is stored in the same transaction as its changes, so that a retry after a crash replays it.
 */
import { createHash } from "node:crypto";
import { newId } from "../store/ids";
import type { Store } from "../store/store";
import type { RequestOrigin, StoredReply, Transaction } from "../store/transaction";
import { apiVersion } from "../webhooks/events";
import { authenticate } from "./authenticate";
import { invalidRequest, notSupported, StripeError } from "./errors";
import { type Faults, faultAnswer } from "./faults";
import { decodeForm, type FormHash } from "./form";
import { decodeJson } from "./json";
import { expandParameter } from "./pages";
import { readParameters } from "./params";
import { type ExpandTree, expandTree, present } from "./present";
import type { Match, Router } from "./router";
import { isLiteralStripePath, isStripeOperation } from "./stripe-operations";

/** A request as the server read it from the socket. */
export interface ApiRequest {
  method: string;
  /** Path and query as they came. */
  target: string;
  headers: Record<string, string | string[] | undefined>;
  body: string;
  baseUrl: string;
}

/** A reply as it goes onto the wire. */
export interface ApiReply {
  status: number;
  headers: Record<string, string>;
  body: string;
}

interface Prepared {
  match: Match;
  keyKind: "secret" | "publishable";
  params: Record<string, unknown>;
  expand: ExpandTree;
  parametersHash: () => string;
}

const KEY_LIFETIME_MS = 24 * 3_600_000;

/** The API of one sandbox: a router over its store. */
export class Api {
  constructor(
    private readonly store: Store,
    private readonly router: Router,
    private readonly reportFailure: (failure: unknown) => void,
    private readonly faults: Faults,
  ) {}

  /** Answers a request; the promise resolves when everything the answer tells is on disk. */
  async answer(request: ApiRequest): Promise<ApiReply> {
    const requestId = newId("req");
    const fault = this.faults.take(request.method, request.target);
    const isCarriedOut = fault === null || fault === "api_error_after";
    const reply = isCarriedOut ? this.answerInMemory(request, requestId) : null;
    await this.store.durable();
    if (reply !== null && fault === null) return reply;
    const answer = faultAnswer(fault ?? "api_error");
    return { ...answer, headers: { ...headersOf(requestId, idempotencyKeyOf(request)), ...answer.headers } };
  }

  private answerInMemory(request: ApiRequest, requestId: string): ApiReply {
    const key = idempotencyKeyOf(request);
    const headers = headersOf(requestId, key);
    try {
      if (key !== null && key.length > 255) {
        throw invalidRequest("Idempotency-Key must be at most 255 characters.", { param: "Idempotency-Key" });
      }
      const prepared = this.prepare(request);
      const origin = { requestId, idempotencyKey: key };
      return key === null
        ? { status: 200, headers, body: this.run(request, prepared, origin) }
        : this.runOnce(request, prepared, { ...origin, idempotencyKey: key }, headers);
    } catch (error) {
      const failure = this.asStripeError(error);
      if (failure.status === 501) headers["stripe-should-retry"] = "false";
      return { status: failure.status, headers, body: errorBody(failure) };
    }
  }

  private prepare(request: ApiRequest): Prepared {
    const [path = "", query = ""] = splitTarget(request.target);
    const keyKind = authenticate(header(request, "authorization"));
    const version = header(request, "stripe-version");
    if (version !== undefined && version !== apiVersion) {
      throw invalidRequest(`Invalid Stripe API version: ${version}. The sandbox speaks ${apiVersion} only.`);
    }
    const match = this.router.match(request.method, path);
    if (match === null) throw unknownUrl(request.method, path);
    // "/v1/customers/search" must not be taken for a customer of that name.
    if (match.route.pattern !== path && isLiteralStripePath(request.method, path)) {
      throw notSupported(`${request.method} ${path}`);
    }
    if (keyKind === "publishable" && match.route.publishable !== true) {
      throw new StripeError(401, {
        type: "invalid_request_error",
        message: "This API call cannot be made with a publishable API key. Please use a secret API key.",
        code: "secret_key_required",
      });
    }
    const given = this.givenParameters(request, query);
    const { expand, ...rest } = given;
    const form = Object.assign(Object.create(null) as FormHash, rest);
    const params = readParameters(match.route.accepts, form, match.route.unsupported ?? []);
    const paths = expand === undefined ? [] : expandParameter.decode(expand, "expand");
    return {
      match,
      keyKind,
      params,
      expand: expandTree(paths),
      // Only requests with a key are told apart by it.
      parametersHash: () => createHash("sha256").update(canonical(given)).digest("base64"),
    };
  }

  private givenParameters(request: ApiRequest, query: string): FormHash {
    if (request.method !== "POST") return decodeForm(query);
    if (request.target.startsWith("/v2/")) return decodeJson(request.body);
    const type = header(request, "content-type") ?? "";
    if (request.body !== "" && type.includes("json")) {
      throw invalidRequest("Invalid request: send parameters as application/x-www-form-urlencoded, not as JSON.");
    }
    const both = query === "" ? request.body : request.body === "" ? query : `${query}&${request.body}`;
    return decodeForm(both);
  }

  private run(
    request: ApiRequest,
    prepared: Prepared,
    origin: RequestOrigin,
    remember?: (tx: Transaction, status: number, body: string) => void,
  ): string {
    return this.store.transaction(
      (tx) => {
        try {
          const body = this.execute(tx, request, prepared);
          remember?.(tx, 200, body);
          return body;
        } catch (error) {
          // A decline keeps its changes, hence its reply belongs to the same transaction.
          if (error instanceof StripeError && error.commit) remember?.(tx, error.status, errorBody(error));
          throw error;
        }
      },
      { origin },
    );
  }

  private execute(tx: Transaction, request: ApiRequest, prepared: Prepared): string {
    const { match, keyKind, params, expand } = prepared;
    const result = match.route.handle(tx, { path: match.path, params, keyKind, baseUrl: request.baseUrl });
    return JSON.stringify(present(tx, result, expand), null, 2);
  }

  /** Runs under an idempotency key: the first result, good or bad, is the result of every repetition. */
  private runOnce(
    request: ApiRequest,
    prepared: Prepared,
    origin: RequestOrigin & { idempotencyKey: string },
    headers: Record<string, string>,
  ): ApiReply {
    const [path = ""] = splitTarget(request.target);
    const parametersHash = prepared.parametersHash();
    const stored = this.store.find("stored_reply", origin.idempotencyKey);
    if (stored !== undefined && this.store.realNowMs() - stored.storedAtMs < KEY_LIFETIME_MS) {
      return replay(stored, request.method, path, parametersHash, headers);
    }
    const remember = (tx: Transaction, status: number, body: string) => {
      const { idempotencyKey: id, requestId } = origin;
      const storedAtMs = this.store.realNowMs();
      tx.put("stored_reply", { id, method: request.method, path, parametersHash, status, body, requestId, storedAtMs });
    };
    try {
      return { status: 200, headers, body: this.run(request, prepared, origin, remember) };
    } catch (error) {
      const failure = this.asStripeError(error);
      if (!failure.beforeExecution && !failure.commit) {
        this.store.transaction((tx) => remember(tx, failure.status, errorBody(failure)));
      }
      throw failure;
    }
  }

  private asStripeError(error: unknown): StripeError {
    if (error instanceof StripeError) return error;
    this.reportFailure(error);
    return new StripeError(
      500,
      { type: "api_error", message: "The sandbox failed while handling this request; its log has the cause." },
      { beforeExecution: true },
    );
  }
}

/** What every reply says about itself. */
function headersOf(requestId: string, idempotencyKey: string | null): Record<string, string> {
  return {
    "content-type": "application/json",
    "request-id": requestId,
    "stripe-version": apiVersion,
    ...(idempotencyKey === null ? {} : { "idempotency-key": idempotencyKey }),
  };
}

function replay(
  stored: StoredReply,
  method: string,
  path: string,
  parametersHash: string,
  headers: Record<string, string>,
): ApiReply {
  if (stored.method !== method || stored.path !== path || stored.parametersHash !== parametersHash) {
    throw new StripeError(400, {
      type: "idempotency_error",
      message: `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${stored.id}' if you meant to execute a different request.`,
    });
  }
  return {
    status: stored.status,
    body: stored.body,
    headers: {
      ...headers,
      "idempotent-replayed": "true",
      "original-request": stored.requestId,
      "request-id": stored.requestId,
    },
  };
}

function header(request: ApiRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function idempotencyKeyOf(request: ApiRequest): string | null {
  const key = request.method === "POST" ? header(request, "idempotency-key") : undefined;
  return key === undefined || key === "" ? null : key;
}

function splitTarget(target: string): [string, string] {
  const question = target.indexOf("?");
  const path = question < 0 ? target : target.slice(0, question);
  const query = question < 0 ? "" : target.slice(question + 1);
  try {
    return [path.split("/").map(decodeURIComponent).join("/"), query];
  } catch {
    throw invalidRequest("Invalid request: the URL is not valid URL-encoded text.");
  }
}

function unknownUrl(method: string, path: string): StripeError {
  if (isStripeOperation(method, path)) return notSupported(`${method} ${path}`);
  return new StripeError(404, {
    type: "invalid_request_error",
    message: `Unrecognized request URL (${method}: ${path}). Please see https://stripe.com/docs or we can help at https://support.stripe.com/.`,
  });
}

function errorBody(failure: StripeError): string {
  return JSON.stringify({ error: failure.body }, null, 2);
}

/** The same parameters give the same text, in whatever order they came. */
function canonical(value: FormHash | string): string {
  if (typeof value === "string") return JSON.stringify(value);
  const entries = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(value[key] ?? "")}`);
  return `{${entries.join(",")}}`;
}
