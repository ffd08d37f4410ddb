/** What the domain needs of a log: structured fields and a sentence. pino satisfies it. */
export interface Log {
  debug(fields: object, sentence: string): void;
  info(fields: object, sentence: string): void;
  warn(fields: object, sentence: string): void;
  error(fields: object, sentence: string): void;
}

/** A log that says nothing, for tests of quiet things. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };
