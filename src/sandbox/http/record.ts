/** A log of every API exchange, one JSON line each, for holding the sandbox's replies against Stripe's schemas. */
import { appendFileSync } from "node:fs";

/** One request and what it was answered. */
export interface Exchange {
  method: string;
  path: string;
  status: number;
  /** The reply's JSON text. */
  body: string;
}

/** Appends exchanges to a file; synchronous, because a lost line would hide a wrong reply. */
export class ExchangeLog {
  constructor(private readonly file: string) {}

  append(exchange: Exchange): void {
    const { method, path, status, body } = exchange;
    appendFileSync(this.file, `${JSON.stringify({ method, path, status, body })}\n`);
  }
}
