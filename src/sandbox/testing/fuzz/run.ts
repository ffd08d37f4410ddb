/**
 * What the fuzz test holds every reply against: Stripe's shape, never a 500, and not the smallest change of the sandbox's
 * state by a request that was refused or only asked.
 */
import { Agent, request as send } from "node:http";
import fc from "fast-check";
import { expect } from "vitest";
import { routes } from "../../routes";
import { collectionNames } from "../../store/collections";
import type { Store } from "../../store/store";
import { fuzzOptions, startTestSandbox, type TestSandbox, temporaryDirectory } from "../start";
import { START } from "./parameters";
import { requests, type WireRequest } from "./requests";
import { idsOf, populate } from "./stage";

interface Reply {
  status: number;
  headers: NodeJS.Dict<string | string[]>;
  body: { error?: Record<string, unknown> } & Record<string, unknown>;
}

const agent = new Agent({ keepAlive: true });

function deliver(url: string, { method, path, headers, body }: WireRequest): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const length = body.length === 0 ? {} : { "content-length": body.length };
    const outgoing = send({ agent, hostname, port, method, path, headers: { ...headers, ...length } }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("error", reject);
      incoming.on("end", () => {
        const text = Buffer.concat(chunks).toString("utf8");
        try {
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: JSON.parse(text) });
        } catch {
          reject(new Error(`Not JSON: ${text.slice(0, 200)}`));
        }
      });
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

type State = ReadonlyArray<{ kind: string; id: string; record: unknown }>;

/** Every record in the order of its list. Records never change, they are replaced: the same object is the same content. */
function stateOf(store: Store): State {
  return collectionNames.flatMap((kind) => {
    const rows: Array<State[number]> = [];
    for (const record of store.records(kind)) {
      // Events are made when they are looked at, but cannot change: to be there is all they can do.
      rows.push({ kind, id: record.id, record: kind === "event" ? record.id : record });
    }
    return rows;
  });
}

/** Names of the records that differ; without a key's remembered reply, which a refusal may leave as at Stripe. */
function difference(before: State, after: State, key: string | undefined): string[] {
  const counted = (state: State) => state.filter(({ kind, id }) => kind !== "stored_reply" || id !== key);
  const [former, later] = [counted(before), counted(after)];
  const names = new Set<string>();
  for (let place = 0; place < Math.max(former.length, later.length); place += 1) {
    const [was, is] = [former[place], later[place]];
    if (was?.record === is?.record) continue;
    for (const one of [was, is]) if (one !== undefined && names.size < 8) names.add(`${one.kind} ${one.id}`);
  }
  return [...names];
}

const errorTypes = ["api_error", "card_error", "idempotency_error", "invalid_request_error"];

function checkShape({ status, headers, body }: Reply): void {
  expect([200, 400, 401, 402, 404, 413, 501]).toContain(status);
  expect(headers["content-type"]).toBe("application/json");
  if (status === 200) {
    expect(body.error).toBeUndefined();
    return;
  }
  expect(Object.keys(body)).toEqual(["error"]);
  expect(errorTypes).toContain(body.error?.type);
  expect(body.error?.message).toMatch(/\S/);
  if (status !== 413) expect(headers["request-id"]).toMatch(/^req_/);
}

async function check(test: TestSandbox, request: WireRequest): Promise<number> {
  const { store, clocks } = test.sandbox;
  // A clock that was told to advance walks on after the answer.
  await clocks.whileStill(() => undefined);
  const before = stateOf(store);
  const reply = await deliver(test.sandbox.url, request);
  expect(test.failures).toEqual([]);
  checkShape(reply);
  // A declined card is a refusal that has happened.
  const mayChange = reply.status === 402 || (reply.status === 200 && request.method !== "GET");
  if (!mayChange) {
    const changed = difference(before, stateOf(store), request.headers["idempotency-key"]);
    expect({ status: reply.status, error: reply.body.error, changed }).toMatchObject({ changed: [] });
  }
  return reply.status;
}

/** All contents, but for what a start writes anew. */
function everything(store: Store): string[] {
  const kinds = collectionNames.filter((kind) => kind !== "server_address");
  return kinds.flatMap((kind) => [...store.records(kind)].map((record) => `${kind} ${JSON.stringify(record)}`));
}

/** Sends so many requests to a sandbox of its own; then its disk must hold exactly what its memory held. */
export async function fuzz(cases: number): Promise<{ missed: string[] }> {
  const data = temporaryDirectory();
  const test = await startTestSandbox({ clockStart: START, dataDir: data.path });
  const seed = fuzzOptions.seed ?? test.sandbox.store.realNowMs() % 2 ** 31;
  process.stdout.write(`fast-check seed of the API: ${seed} (STRIPE_SANDBOX_FUZZ_SEED=${seed} repeats it)\n`);
  const statuses = new Map<number, number>();
  const reached = new Set<string>();
  try {
    await populate(test);
    const ids = idsOf(test);
    const anyRequest = requests(routes, ids, ids.after);
    await fc.assert(
      fc.asyncProperty(anyRequest, async (request) => {
        reached.add(`${request.route.method} ${request.route.pattern}`);
        const status = await check(test, request);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }),
      { numRuns: cases, seed, endOnFailure: true },
    );
    process.stdout.write(`answers by status: ${JSON.stringify(Object.fromEntries(statuses))}\n`);
    await test.sandbox.clocks.whileStill(() => undefined);
    const held = everything(test.sandbox.store);
    await test.close();
    const again = await startTestSandbox({ dataDir: data.path });
    const kept = everything(again.sandbox.store);
    expect(held.filter((text, place) => text !== kept[place]).slice(0, 3)).toEqual([]);
    expect(kept).toHaveLength(held.length);
    await again.close();
  } finally {
    await test.close().catch(() => undefined);
    data.remove();
  }
  const names = routes.map(({ method, pattern }) => `${method} ${pattern}`);
  return { missed: names.filter((name) => !reached.has(name)) };
}
