/**
 * The Stripes that the gateway's contract is tested against: the sandbox always, Stripe's test mode when a key is given.
 *
 * Support for tests only. The suites say which target they ran by the name of their group. Everything a suite makes hangs
 * on a test clock, and deleting that clock at the end removes it again.
 */
import { setTimeout as pause } from "node:timers/promises";
import { processEnvironment } from "@/env";
import { startSandbox } from "@/sandbox/server";
import { lazyClient, type StripeOptions } from "@/stripe/client";
import type { StripeGateway } from "@/stripe/gateway";
import { createStripeGateway } from "@/stripe/live";

/** An open target. */
export interface ContractTarget {
  gateway: StripeGateway;
  /** The test clock that the suite's customers live on. */
  testClockId: string;
  /** Where the test clock starts. */
  startAt: Date;
  /** Tells keys and names of this run from those of other runs: Stripe remembers keys for a day. */
  run: string;
  /** Moves the test clock and waits until Stripe is done with it. */
  advanceTo(at: Date): Promise<void>;
  close(): Promise<void>;
}

/** A target that can be opened. */
export interface ContractTargetSource {
  name: string;
  open(): Promise<ContractTarget>;
}

const ADVANCE_LIMIT_MS = 120_000;

/** The targets of this run. */
export function contractTargets(): ContractTargetSource[] {
  const secretKey = processEnvironment().STRIPE_TEST_SECRET_KEY;
  const sandbox: ContractTargetSource = {
    name: "the sandbox",
    open: async () => {
      const server = await startSandbox({ port: 0, reportFailure: reportNothingHidden });
      return openTarget({ secretKey: "sk_test_sandbox", sandboxUrl: server.url }, () => server.close());
    },
  };
  if (!secretKey?.startsWith("sk_test_")) return [sandbox];
  const real: ContractTargetSource = {
    name: "Stripe's test mode",
    open: () => openTarget({ secretKey, sandboxUrl: null }, async () => undefined),
  };
  return [sandbox, real];
}

/** A fault of the sandbox itself must fail the test that met it. */
function reportNothingHidden(failure: unknown): void {
  queueMicrotask(() => {
    throw failure;
  });
}

async function openTarget(options: StripeOptions, end: () => Promise<void>): Promise<ContractTarget> {
  const client = lazyClient(options);
  const startAt = new Date("2026-06-01T09:00:00Z");
  const clocks = client().testHelpers.testClocks;
  const clock = await clocks.create({ frozen_time: startAt.getTime() / 1000, name: "gateway contract" });
  return {
    gateway: createStripeGateway(options),
    testClockId: clock.id,
    startAt,
    run: clock.id,
    advanceTo: async (at) => {
      await clocks.advance(clock.id, { frozen_time: Math.floor(at.getTime() / 1000) });
      for (let waitedMs = 0; waitedMs < ADVANCE_LIMIT_MS; waitedMs += 50) {
        const { status } = await clocks.retrieve(clock.id);
        if (status === "ready") return;
        if (status === "internal_failure") throw new Error("The test clock failed.");
        await pause(50);
      }
      throw new Error("The test clock did not become ready.");
    },
    close: async () => {
      await clocks.del(clock.id);
      await end();
    },
  };
}
