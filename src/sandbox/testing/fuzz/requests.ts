/** Whole requests for the fuzz test, from nearly right to not a request at all. */
import fc from "fast-check";
import type { Route } from "../../http/route";
import { encode, type IdSource, schemaParameters } from "./parameters";

/** A request as bytes go onto the wire. */
export interface WireRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: Buffer;
  /** The route it is meant for. */
  route: Route;
}

/** Ids for a path's `:name` by the word before it, as "customers". */
export type PathIds = (word: string) => readonly string[];

const form = "application/x-www-form-urlencoded";

const addition = fc.constantFrom(
  ...["&a[", "&a]b[=1", "&[]=1", "&=1", "&&&", "&%zz=1", "&name=%E0%A4", "&x=%00", "&a[b]=1&a=2", "&a=1&a[b]=2"],
  ...["&limit=1&limit=2", "&metadata[a]=1&metadata[a]=2", `&${"a[b]".repeat(40)}=1`, `&a${"[b]".repeat(40)}=1`],
  ...[
    "&expand[]=customer",
    "&expand[]=data.customer",
    "&expand=customer",
    `&expand[]=${"data.".repeat(9)}x`,
    "&expand[][]=",
  ],
  ...[
    "&__proto__[a]=1",
    "&constructor[prototype][a]=1",
    "&metadata[__proto__]=1",
    "&items[__proto__]=1",
    "&items[999999999]=1",
  ],
);

const rawBody = fc.oneof(
  fc.constantFrom(
    '{"name":"Ada"}',
    '{"a":',
    "null",
    "[]",
    "\u0000",
    "&",
    "=",
    "a[b",
    "%",
    "%u1234=1",
    "+",
    '--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nAda\r\n',
    "--x--",
    '<?xml version="1.0"?><a/>',
  ),
  fc.string({ unit: "binary" }),
  fc.constant(`name=${"x".repeat(1_000_000)}`),
  fc.constant(`${"a".repeat(1_000_000)}=1`),
  fc.constant("a=1&".repeat(60_000)),
);
const rawBytes = fc.oneof(
  { weight: 4, arbitrary: rawBody.map((text) => Buffer.from(text)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)) },
);

const contentType = fc.constantFrom(
  ...[form, `${form}; charset=latin1`, "application/json", "multipart/form-data; boundary=x", "multipart/form-data"],
  ...["text/plain", "application/xml", "", "x/y/z", "application/octet-stream"],
);

const strangeHeaders = fc.constantFrom<Record<string, string>>(
  { "stripe-version": "2020-08-27" },
  { "stripe-version": "2026-10-28.endive" },
  { "stripe-version": "nonsense" },
  { authorization: "" },
  { authorization: "Bearer" },
  { authorization: "Bearer sk_test_" },
  { authorization: "Basic !!!" },
  { authorization: "Bearer pk_test_browser" },
  { authorization: `Basic ${Buffer.from("sk_test_sandbox:").toString("base64")}` },
  { authorization: "Digest x" },
  { "idempotency-key": "fuzz-1" },
  { "idempotency-key": "fuzz-2" },
  { "idempotency-key": "k".repeat(256) },
  { "stripe-account": "acct_other" },
  { "content-encoding": "gzip" },
);

/** A path with ids in the places of its names; what an URL cannot hold is encoded. Each id is sometimes of another kind. */
function fill(pattern: string, choice: number, ids: IdSource, idsAfter: PathIds): string {
  return pattern.replace(/([^/]+)\/:\w+/g, (_all, word: string) => {
    const own = choice % 9 === 0 ? [] : idsAfter(word);
    const known = own.length > 0 ? own : ids.all();
    return `${word}/${encode(known[choice % Math.max(1, known.length)] ?? "none")}`;
  });
}

const bend = fc.constantFrom<(path: string) => string>(
  (path) => `${path}/`,
  (path) => `/${path}`,
  (path) => `${path}/more`,
  (path) => path.replace("/v1/", "/v3/"),
  (path) => `${path}/%zz`,
  (path) => `${path}%00`,
  (path) => path.toUpperCase(),
  (path) => path.slice(0, -1),
  (path) => `${path}/..`,
);

type Change = (request: WireRequest) => WireRequest;

const change: fc.Arbitrary<Change> = fc.oneof(
  {
    weight: 4,
    arbitrary: addition.map(
      (text): Change =>
        (one) =>
          withForm(one, text),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(rawBytes, contentType).map(
      ([body, type]): Change =>
        (one) => ({ ...one, body, headers: { ...one.headers, "content-type": type } }),
    ),
  },
  {
    weight: 3,
    arbitrary: strangeHeaders.map(
      (headers): Change =>
        (one) => ({ ...one, headers: { ...one.headers, ...headers } }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom("GET", "POST", "DELETE", "PUT", "PATCH", "PROPFIND").map(
      (method): Change =>
        (one) => ({ ...one, method }),
    ),
  },
  {
    weight: 1,
    arbitrary: bend.map(
      (to): Change =>
        (one) => ({ ...one, path: to(one.path) }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.nat({ max: 400 }).map(
      (length): Change =>
        (one) => ({ ...one, body: one.body.subarray(0, length) }),
    ),
  },
);

function withForm(one: WireRequest, text: string): WireRequest {
  if (one.method === "POST") return { ...one, body: Buffer.concat([one.body, Buffer.from(text)]) };
  return { ...one, path: `${one.path}${one.path.includes("?") ? "" : "?"}${text}` };
}

/** Requests over all routes, each equally often: most of them as meant, the others changed once or twice. */
export function requests(routes: readonly Route[], ids: IdSource, idsAfter: PathIds): fc.Arbitrary<WireRequest> {
  const meant = fc.nat({ max: routes.length - 1 }).chain((at) => {
    const route = routes[at];
    if (route === undefined) throw new Error("There are no routes.");
    return fc.tuple(fc.nat(), schemaParameters(route.accepts, ids)).map(([choice, pairs]): WireRequest => {
      const text = pairs.map(([name, value]) => `${name}=${encode(value)}`).join("&");
      const path = fill(route.pattern, choice, ids, idsAfter);
      const isPost = route.method === "POST";
      return {
        method: route.method,
        path: isPost || text === "" ? path : `${path}?${text}`,
        headers: { authorization: "Bearer sk_test_fuzz", ...(isPost ? { "content-type": form } : {}) },
        body: Buffer.from(isPost ? text : ""),
        route,
      };
    });
  });
  const changes = fc.oneof(
    { weight: 3, arbitrary: fc.constant<Change[]>([]) },
    { weight: 2, arbitrary: fc.array(change, { minLength: 1, maxLength: 2 }) },
  );
  return fc.tuple(meant, changes).map(([one, all]) => all.reduce((request, apply) => apply(request), one));
}
