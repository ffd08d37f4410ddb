/** `sandbox …`: the local Stripe by hand, in the habit of Stripe's own command line. */
import { createInterface } from "node:readline/promises";
import type { Command } from "commander";
import { addDuration } from "../../duration";
import { CommandProblem, print, wantsJson } from "../../output";
import { sandboxUrlOrProblem } from "../../runtime";
import { type Answer, connectSandbox, dataOf, type SandboxApi } from "./api";
import { trigger, triggerable } from "./trigger";

const MAXIMUM_EVENTS = 100;
const PROGRESS_MS = 1_000;

/** Declares the commands. */
export function registerSandbox(program: Command): void {
  const sandbox = program
    .command("sandbox")
    .description("The local Stripe: events, clocks, a fresh start")
    .option("--url <address>", "a sandbox other than the installation's own");
  sandbox
    .command("trigger <event>")
    .description("Create the objects that make an event true")
    .addHelpText("after", `\nEvents: ${triggerable.join(", ")}`)
    .option("--json", "print the event and the objects as JSON")
    .action(async (event: string, _options: object, command: Command) => {
      const done = await trigger(apiOf(command), event);
      print(command, done, [`${done.type} happened to ${done.object}: ${done.event}`, `Made ${done.made.join(", ")}.`]);
    });
  sandbox
    .command("events")
    .description("List the newest events")
    .option("--limit <count>", "how many, up to 100", "10")
    .option("--type <type>", "only this type")
    .option("--json", "print the events as JSON")
    .action(async ({ limit, type }: { limit: string; type?: string }, command: Command) => {
      const count = Number(limit);
      if (!Number.isInteger(count) || count < 1 || count > MAXIMUM_EVENTS) {
        throw new CommandProblem(`--limit must be a number from 1 to ${MAXIMUM_EVENTS}.`);
      }
      const filter = type === undefined ? "" : `&type=${encodeURIComponent(type)}`;
      const data = dataOf(await apiOf(command).get(`/v1/events?limit=${count}${filter}`));
      print(command, { data }, data.length === 0 ? ["No events yet."] : data.map(eventLine));
    });
  registerClockCommands(sandbox);
  sandbox
    .command("reset")
    .description("Empty the sandbox: every object, event and clock")
    .option("--yes", "do not ask")
    .option("--json", "print how many records went as JSON")
    .action(async ({ yes }: { yes?: boolean }, command: Command) => {
      if (yes !== true) await confirmReset(command);
      const { removed } = await apiOf(command).control("/reset", {});
      print(command, { removed }, [`The sandbox is empty; ${String(removed)} records are gone.`]);
    });
}

function registerClockCommands(sandbox: Command): void {
  const clock = sandbox.command("clock").description("The sandbox's clocks");
  clock
    .command("list")
    .description("Show every clock and its time")
    .option("--json", "print the clocks as JSON")
    .action(async (_options: object, command: Command) => {
      const clocks = await readClocks(apiOf(command));
      print(
        command,
        { data: clocks },
        clocks.map(({ id, now }) => `${isoTime(now)}  ${id}`),
      );
    });
  clock
    .command("advance <duration...>")
    .description('Move one clock forward, for example "32d" or "1 month"; the product follows by webhooks')
    .option("--clock <id>", "a test clock instead of the default clock", "default")
    .option("--json", "print the new time as JSON")
    .action(async (words: string[], options: { clock: string }, command: Command) => {
      const api = apiOf(command);
      const clock = (await readClocks(api)).find(({ id }) => id === options.clock);
      if (clock === undefined) throw new CommandProblem(`There is no clock "${options.clock}".`);
      const to = addDuration(new Date(clock.now * 1_000), words.join(" "));
      const path = `/clocks/${encodeURIComponent(clock.id)}/advance`;
      const advanced = await showingProgress(api, api.control(path, { to: Math.floor(to.getTime() / 1_000) }));
      print(command, { clock: clock.id, from: clock.now, ...advanced }, [
        `${clock.id} shows ${isoTime(Number(advanced.now))}; ${String(advanced.processed)} due moments were handled.`,
      ]);
    });
}

/** Says now and then, to people only, how far a walk has come. */
async function showingProgress<T>(api: SandboxApi, work: Promise<T>): Promise<T> {
  if (process.stderr.isTTY !== true) return work;
  const timer = setInterval(() => {
    api.control("/clocks").then(
      ({ walk }) => {
        const { state, at, processed } = (walk ?? {}) as { state?: string; at?: number; processed?: number };
        if (state === "walking") process.stderr.write(`\r${isoTime(Number(at))}  ${processed} due moments handled `);
      },
      // The walk itself reports what is wrong.
      () => undefined,
    );
  }, PROGRESS_MS);
  return work.finally(() => {
    clearInterval(timer);
    process.stderr.write("\r\u001b[K");
  });
}

function apiOf(command: Command): SandboxApi {
  const { url } = command.optsWithGlobals() as { url?: string };
  if (url !== undefined && !URL.canParse(url)) throw new CommandProblem(`"${url}" is no address.`);
  return connectSandbox(url === undefined ? sandboxUrlOrProblem("This command") : new URL(url).origin);
}

async function readClocks(api: SandboxApi): Promise<Array<{ id: string; now: number }>> {
  const state = (await api.control("/clocks")) as {
    default: { now: number };
    testClocks: Array<{ id: string; frozenTime: number }>;
  };
  const testClocks = state.testClocks.map(({ id, frozenTime }) => ({ id, now: frozenTime }));
  return [{ id: "default", now: state.default.now }, ...testClocks];
}

function isoTime(seconds: number): string {
  return new Date(seconds * 1_000).toISOString().replace(".000", "");
}

function eventLine({ created, type, id, data }: Answer): string {
  const about = (data as { object?: { id?: unknown } } | undefined)?.object?.id;
  return `${isoTime(Number(created))}  ${String(type).padEnd(34)} ${String(about ?? "").padEnd(30)} ${String(id)}`;
}

async function confirmReset(command: Command): Promise<void> {
  if (wantsJson(command) || process.stdin.isTTY !== true) {
    throw new CommandProblem("This would empty the sandbox. Say --yes to do it without being asked.");
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const question =
    "This removes every customer, subscription, invoice and event of the sandbox; an installation that used them loses them. Empty it? [y/N] ";
  const answer = await terminal.question(question).finally(() => terminal.close());
  if (!/^y(es)?$/i.test(answer.trim())) throw new CommandProblem("Nothing was removed.");
}
