/**
 * The runtime of the web pages: built once per process, on first use, and shared by every page and procedure. It hangs on
 * the global object because Next evaluates modules once per bundle, and a second pool of connections serves nobody.
 */
import { env } from "@/env";
import { createRuntime, type Runtime } from "../context";

const SLOT = Symbol.for("quittance.web.runtime");

type Holder = { [SLOT]?: Promise<Runtime> };

/** The one runtime of this process. */
export function getRuntime(): Promise<Runtime> {
  const holder = globalThis as unknown as Holder;
  holder[SLOT] ??= Promise.resolve(createRuntime(env()));
  return holder[SLOT];
}
