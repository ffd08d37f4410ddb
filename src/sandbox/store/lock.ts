/**
 * Keeps a second process away from a data directory: two writers would tear each other's journal.
 *
 * The lock is a listening socket, not a file with a process id: it vanishes with the process however that ends, and a
 * reused id cannot keep a restart out.
 */
import { createHash } from "node:crypto";
import { mkdirSync, realpathSync, rmSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The right to write into a data directory, until released or until the process ends. */
export interface DirectoryLock {
  release(): Promise<void>;
}

function listen(path: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once("error", reject);
    server.listen(path, () => {
      server.unref();
      resolve(server);
    });
  });
}

function isAlive(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

/** Takes the lock of a directory (made if needed), or says that it is in use. */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  mkdirSync(directory, { recursive: true });
  const name = createHash("sha256").update(realpathSync(directory)).digest("hex").slice(0, 24);
  const path = join(tmpdir(), `stripe-sandbox-${name}.sock`);
  const server = await listen(path).catch(async (failure: unknown) => {
    if (!(failure instanceof Error && "code" in failure && failure.code === "EADDRINUSE")) throw failure;
    if (await isAlive(path)) throw new Error(`The data directory ${directory} is in use by another sandbox.`);
    rmSync(path, { force: true });
    return listen(path);
  });
  return { release: () => new Promise((resolve) => server.close(() => resolve())) };
}
