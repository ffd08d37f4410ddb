/** Server-sent events with the state of the clocks: at once, and after every change. */
import type { ServerResponse } from "node:http";
import { readClocks } from "./clocks";
import type { ControlContext } from "./control";

const subscribers = new WeakMap<ControlContext, Set<() => void>>();
const GATHER_MS = 20;

function subscribe(context: ControlContext, notify: () => void): () => void {
  let all = subscribers.get(context);
  if (all === undefined) {
    const created = new Set<() => void>();
    all = created;
    subscribers.set(context, created);
    context.store.onCommit((changes) => {
      if (changes.some((change) => change.kind === "default_clock" || change.kind === "test_clock")) {
        for (const one of created) one();
      }
    });
  }
  const set = all;
  set.add(notify);
  return () => set.delete(notify);
}

/** Keeps the response open and writes the clocks into it; many changes within a few milliseconds become one message. */
export function streamClocks(context: ControlContext, response: ServerResponse, headers: Record<string, string>): void {
  response.writeHead(200, { ...headers, "content-type": "text/event-stream", "cache-control": "no-cache" });
  let timer: NodeJS.Timeout | null = null;
  const send = () => {
    timer = null;
    response.write(`data: ${JSON.stringify(readClocks(context.store))}\n\n`);
  };
  const unsubscribe = subscribe(context, () => {
    timer ??= setTimeout(send, GATHER_MS);
  });
  const end = () => response.end();
  context.closing.addEventListener("abort", end, { once: true });
  response.on("close", () => {
    unsubscribe();
    context.closing.removeEventListener("abort", end);
    if (timer !== null) clearTimeout(timer);
  });
  send();
}
