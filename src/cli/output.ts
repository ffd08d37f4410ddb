/**
 * What a command prints: sentences for people, or with --json one JSON value on standard output and nothing else. Errors go
 * to standard error (with --json as `{"error":{"code","message","details"}}` on standard output) and end the process with
 * code 1. Code 2 is an answer: `catalog diff --exit-code` has found differences.
 */
import type { Command } from "commander";
import { BillingError } from "@/billing/kernel/errors";
import { EmbeddedPostgresProblem } from "@/db/embedded";
import { EnvironmentProblems } from "@/env";

/** A problem the person at the terminal can cure; printed without a stack. */
export class CommandProblem extends Error {
  override readonly name = "CommandProblem";
}

/** Prints a result in the form the command line asked for. */
export function print(command: Command, result: unknown, sentences: string[]): void {
  const text = wantsJson(command) ? JSON.stringify(result, bigintAsText) : sentences.join("\n");
  process.stdout.write(`${text}\n`);
}

/** Prints a step of long work, for people only. */
export function progress(command: Command, sentence: string): void {
  if (!wantsJson(command)) process.stderr.write(`${sentence}\n`);
}

/** Whether --json was given to the command or to the program. */
export function wantsJson(command: Command): boolean {
  return command.optsWithGlobals().json === true;
}

/** Prints what went wrong and sets the exit code. Unknown errors keep their stack: they are bugs. */
export function fail(error: unknown, json: boolean): void {
  process.exitCode = 1;
  const known =
    error instanceof BillingError ||
    error instanceof CommandProblem ||
    error instanceof EnvironmentProblems ||
    error instanceof EmbeddedPostgresProblem;
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof BillingError ? error.code : known ? "cli.problem" : "internal";
  const details = error instanceof BillingError ? error.details : {};
  if (json) process.stdout.write(`${JSON.stringify({ error: { code, message, details } })}\n`);
  else process.stderr.write(`${known || !(error instanceof Error) ? message : (error.stack ?? message)}\n`);
}

function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}
