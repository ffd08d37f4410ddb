/**
 * Puts the sandbox together and starts it: store, clocks, deliveries, HTTP. Everything it needs comes in as options; it
 * reads no environment and binds to loopback only.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Clocks } from "./clock/clocks";
import { DueQueue } from "./clock/queue";
import { realNowMs } from "./clock/real-time";
import { ControlApi } from "./control/control";
import { Api } from "./http/api";
import { Faults } from "./http/faults";
import { createListener } from "./http/listener";
import { ExchangeLog } from "./http/record";
import { Router } from "./http/router";
import { ensureOptionsEndpoint } from "./resources/webhook-endpoints";
import { routes } from "./routes";
import { Store } from "./store/store";
import type { AccountSettings } from "./store/transaction";
import { Deliveries } from "./webhooks/deliveries";
import { recordEvent } from "./webhooks/events";

/** How a sandbox is started. */
export interface SandboxOptions {
  /** 0 takes any free port. */
  port: number;
  /** Where state is kept; without it, in memory only. */
  dataDir?: string | undefined;
  /** The endpoint that hears of every event from the start. */
  webhook?: { url: string; secret: string /** Left out: all of them. */; events?: string[] } | undefined;
  /** Time of the default clock at the first start with this data, in Unix seconds. */
  clockStart?: number | undefined;
  /** What becomes of a subscription whose retries are used up; the control /_sandbox/settings changes it later. */
  afterRetries?: AccountSettings["afterRetries"] | undefined;
  /** File that gets a line per API exchange; none when empty or absent. */
  record?: string | undefined;
  /** Real time in Unix milliseconds; tests put a clock here that stands still, so that a slow machine sees the same. */
  realNowMs?: (() => number) | undefined;
  /** Hears of failures that are the sandbox's own fault. */
  reportFailure?: ((failure: unknown) => void) | undefined;
}

/** A running sandbox. `store` and `clocks` are for tests and for the controls, not for the product. */
export interface Sandbox {
  url: string;
  port: number;
  store: Store;
  clocks: Clocks;
  close(): Promise<void>;
}

/** Starts a sandbox; resolves when it answers, rejects when the port is taken or the data cannot be read. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const reportFailure = options.reportFailure ?? (() => undefined);
  const nowMs = options.realNowMs ?? realNowMs;
  const store = await Store.open({
    dataDirectory: options.dataDir,
    realNowMs: nowMs,
    recordEvent: (tx, type, object, previous) => recordEvent(tx, nowMs(), type, object, previous),
  });
  prepareState(store, options);
  const clocks = new Clocks(store, new DueQueue(store), reportFailure);
  const deliveries = new Deliveries(store);
  const faults = new Faults();
  const closing = new AbortController();
  let url = "";
  const listener = createListener({
    api: new Api(store, new Router(routes), reportFailure, faults),
    control: new ControlApi({ store, clocks, deliveries, faults, closing: closing.signal }),
    record: options.record ? new ExchangeLog(options.record) : null,
    baseUrl: () => url,
  });
  const server = createServer((request, response) => {
    listener(request, response).catch((failure: unknown) => {
      reportFailure(failure);
      response.destroy();
    });
  });
  server.keepAliveTimeout = 60_000;
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(options.port, "127.0.0.1", resolve);
    });
  } catch (failure) {
    await store.close();
    throw failure;
  }
  const { port } = server.address() as AddressInfo;
  url = `http://127.0.0.1:${port}`;
  store.transaction((tx) => tx.put("server_address", { id: "server", url }));
  clocks.start();
  deliveries.start();
  const close = async () => {
    closing.abort();
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
    await clocks.stop();
    await deliveries.stop();
    await store.close();
  };
  return { url, port, store, clocks, close };
}

function prepareState(store: Store, options: SandboxOptions): void {
  store.transaction((tx) => {
    if (options.clockStart !== undefined && tx.find("default_clock", "default") === undefined) {
      tx.put("default_clock", { id: "default", offsetMs: options.clockStart * 1_000 - store.realNowMs() });
    }
    if (options.afterRetries !== undefined) {
      const before = tx.find("account_settings", "account");
      tx.put("account_settings", { ...before, id: "account", afterRetries: options.afterRetries });
    }
    if (options.webhook !== undefined) ensureOptionsEndpoint(tx, options.webhook);
  });
}
