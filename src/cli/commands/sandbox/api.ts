/** The sandbox as its own commands see it: Stripe's API with form parameters, and the controls beside it in JSON. */
import { CommandProblem } from "../../output";

/** A JSON object as an API answers it. */
export type Answer = Record<string, unknown>;

/** Parameters; a value may be nested, lists are encoded with their positions. */
export type Parameters = { readonly [name: string]: string | number | boolean | Parameters | readonly Parameters[] };

/** What the commands ask of a sandbox. */
export interface SandboxApi {
  get(path: string): Promise<Answer>;
  post(path: string, parameters?: Parameters): Promise<Answer>;
  delete(path: string): Promise<Answer>;
  /** Like post, but the card is to be refused: Stripe's 402 is the wanted answer. */
  postDeclined(path: string, parameters?: Parameters): Promise<void>;
  /** A control route; with a body it is a POST. */
  control(path: string, body?: object): Promise<Answer>;
}

/** Talks to the sandbox at an address. */
export function connectSandbox(url: string): SandboxApi {
  const call = async (method: string, path: string, parameters?: Parameters) => {
    const response = await reach(`${url}${path}`, {
      method,
      headers: { authorization: "Bearer sk_test_sandbox", "content-type": "application/x-www-form-urlencoded" },
      ...(method === "POST" ? { body: encode(parameters ?? {}) } : {}),
    });
    return { status: response.status, answer: (await response.json()) as Answer };
  };
  const expectOk = async (method: string, path: string, parameters?: Parameters) => {
    const { status, answer } = await call(method, path, parameters);
    if (status !== 200) throw new CommandProblem(`The sandbox refused ${method} ${path}: ${messageOf(answer)}`);
    return answer;
  };
  return {
    get: (path) => expectOk("GET", path),
    post: (path, parameters) => expectOk("POST", path, parameters),
    delete: (path) => expectOk("DELETE", path),
    async postDeclined(path, parameters) {
      const { status, answer } = await call("POST", path, parameters);
      if (status !== 402) throw new CommandProblem(`POST ${path} was to be declined, but: ${messageOf(answer)}`);
    },
    async control(path, body) {
      const response = await reach(`${url}/_sandbox${path}`, {
        method: body === undefined ? "GET" : "POST",
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const answer = (await response.json()) as Answer;
      if (!response.ok) throw new CommandProblem(messageOf(answer));
      return answer;
    },
  };
}

/** The id of an answered object. */
export function idOf(answer: Answer): string {
  if (typeof answer.id === "string") return answer.id;
  throw new CommandProblem("The sandbox answered an object without an id.");
}

/** The objects of an answered list. */
export function dataOf(answer: Answer): Answer[] {
  return Array.isArray(answer.data) ? (answer.data as Answer[]) : [];
}

async function reach(url: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...request, signal: AbortSignal.timeout(600_000) });
  } catch {
    throw new CommandProblem(
      `No sandbox answers at ${new URL(url).origin}. Start one with \`npm start\` or \`npm run -s sandbox\`.`,
    );
  }
}

function messageOf({ error }: Answer): string {
  const hasMessage = typeof error === "object" && error !== null && "message" in error;
  return hasMessage ? String(error.message) : "no reason given";
}

function encode(parameters: Parameters): string {
  const form = new URLSearchParams();
  const add = (name: string, value: Parameters[string]) => {
    if (typeof value !== "object") form.append(name, String(value));
    else for (const [key, entry] of Object.entries(value)) add(`${name}[${key}]`, entry);
  };
  for (const [name, value] of Object.entries(parameters)) add(name, value);
  return form.toString();
}
