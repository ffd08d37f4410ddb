/**
 * A tap in the pipe to the sandbox: counts what is written to Stripe, and can break the pipe at any write, before Stripe
 * hears of it or before we hear the answer. What a process that dies between two writes leaves behind.
 */
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";

/** A pipe that is counted and can break. */
export interface HttpTap {
  url: string;
  /** Paths that were written to since the tap was opened or reset. */
  writes: string[];
  /** The idempotency key of each write, and when it came, in milliseconds of no particular clock. */
  keys: Array<{ key: string; atMs: number }>;
  /** Breaks at the next writes of this number and then holds. */
  drop(count: number): void;
  /** Breaks at the write with this index (from 0) and stays broken until it is reset. */
  breakAt(write: number, when: "before" | "after"): void;
  /** Mends the pipe and counts anew. */
  reset(): void;
  close(): Promise<void>;
}

/** Opens a tap in front of a sandbox. */
export async function openHttpTap(sandboxUrl: string): Promise<HttpTap> {
  const writes: string[] = [];
  const keys: HttpTap["keys"] = [];
  let drops = 0;
  let plan: { write: number; when: "before" | "after" } | null = null;
  const server = createServer((incoming, outgoing) => {
    const isWrite = incoming.method !== "GET";
    if (isWrite) {
      writes.push(incoming.url ?? "");
      keys.push({ key: String(incoming.headers["idempotency-key"] ?? ""), atMs: performance.now() });
    }
    if (isWrite && drops > 0) {
      drops -= 1;
      return void incoming.socket.destroy();
    }
    const index = writes.length - 1;
    const isOver = plan !== null && (index > plan.write || (isWrite && index === plan.write && plan.when === "before"));
    if (isOver) return void incoming.socket.destroy();
    const loses = plan !== null && isWrite && index === plan.write;
    const target = new URL(incoming.url ?? "/", sandboxUrl);
    const passed = request(target, { method: incoming.method ?? "GET", headers: incoming.headers }, (answer) => {
      if (loses) {
        answer.resume();
        answer.once("end", () => incoming.socket.destroy());
        return;
      }
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    passed.once("error", () => incoming.socket.destroy());
    incoming.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    writes,
    keys,
    drop: (count) => {
      drops = count;
    },
    breakAt: (write, when) => {
      plan = { write, when };
    },
    reset: () => {
      plan = null;
      drops = 0;
      writes.length = 0;
      keys.length = 0;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
