/**
 * The runtime of the web pages, built on first use.
 *
 * One for each of the two module graphs Next makes (pages; routes), on purpose not one on the global object: an error that
 * was thrown by one graph's gateway is no BillingError to the other graph's verbs, and a declined card would then be taken
 * for a fault of the program.
 */
import { env } from "@/env";
import { createRuntime, type Runtime } from "../context";

const CONNECTION_LIMIT = 8;

let runtime: Promise<Runtime> | null = null;

/** The one runtime of this module graph. A start that failed is tried again by the next request. */
export function getRuntime(): Promise<Runtime> {
  runtime ??= createRuntime(env(), { name: "quittance web", connectionLimit: CONNECTION_LIMIT }).catch((error) => {
    runtime = null;
    throw error;
  });
  return runtime;
}
