/** Stored answers: the same call gets the same answer, another call never does, and no key stays blocked. */
import { describe, expect, it } from "vitest";
import { shareDatabase } from "@/testing/database";
import { abandonReply, beginReply, type ReplyRequest, settleReply, sweepReplies } from ".";

const db = shareDatabase();
let serial = 0;

const NOW = new Date("2026-01-15T10:00:00Z");
const later = (seconds: number) => new Date(NOW.getTime() + seconds * 1_000);

function call(): ReplyRequest {
  serial += 1;
  const place = { method: "POST", path: "/api/v1/subscriptions" };
  return { scopeId: "key_a", key: `call-${serial}`, ...place, requestHash: "hash-1", now: NOW };
}

const answer = ({ scopeId, key }: ReplyRequest, body = '{"ok":true}') => {
  return { scopeId, key, status: 201, body, now: later(1) };
};

const IN_USE = { kind: "conflict", code: "idempotency.key_in_use", retryable: true };

describe("a key", () => {
  it("is new once and replays its answer for ever after, to the letter", async () => {
    const request = call();
    expect(await beginReply(db, request)).toEqual({ state: "new" });
    const body = '{"name":"Zoë \\u0000 → ∑","total":349.92}';
    await settleReply(db, answer(request, body));
    const replay = { state: "replay", status: 201, body };
    expect(await beginReply(db, request)).toEqual(replay);
    expect(await beginReply(db, { ...request, now: later(3_600) })).toEqual(replay);
  });

  it("keeps its first answer when it is settled twice", async () => {
    const request = call();
    await beginReply(db, request);
    await settleReply(db, answer(request));
    await settleReply(db, answer(request, '{"ok":false}'));
    expect(await beginReply(db, request)).toMatchObject({ body: '{"ok":true}' });
  });

  it("is in use while the first call runs: of twenty that race one goes on", async () => {
    const request = call();
    const tries = await Promise.allSettled(Array.from({ length: 20 }, () => beginReply(db, request)));
    expect(tries.filter((one) => one.status === "fulfilled")).toEqual([
      { status: "fulfilled", value: { state: "new" } },
    ]);
    for (const one of tries) if (one.status === "rejected") expect(one.reason).toMatchObject(IN_USE);
  });

  it("of one caller is not that of another", async () => {
    const request = call();
    await beginReply(db, request);
    await settleReply(db, answer(request));
    expect(await beginReply(db, { ...request, scopeId: "key_b" })).toEqual({ state: "new" });
  });

  it.each([
    ["another body", { requestHash: "hash-2" }],
    ["another path", { path: "/api/v1/usage/acme" }],
    ["another method", { method: "PUT" }],
  ])("is refused with %s, answered or not, and keeps its answer", async (_what, other) => {
    const request = call();
    const reused = { kind: "conflict", code: "idempotency.key_reused", retryable: false };
    await beginReply(db, request);
    await expect(beginReply(db, { ...request, ...other })).rejects.toMatchObject(reused);
    await settleReply(db, answer(request));
    await expect(beginReply(db, { ...request, ...other })).rejects.toMatchObject(reused);
    expect(await beginReply(db, request)).toMatchObject({ state: "replay" });
  });
});

describe("a call without an answer", () => {
  it("that gave up frees its key, also for another body", async () => {
    const request = call();
    await beginReply(db, request);
    await abandonReply(db, request);
    expect(await beginReply(db, { ...request, requestHash: "hash-2" })).toEqual({ state: "new" });
  });

  it("that was answered cannot be given up any more", async () => {
    const request = call();
    await beginReply(db, request);
    await settleReply(db, answer(request));
    await abandonReply(db, request);
    expect(await beginReply(db, request)).toMatchObject({ state: "replay" });
  });

  it("that died holds its key for a minute; then one of those that race takes over", async () => {
    const request = call();
    await beginReply(db, request);
    await expect(beginReply(db, { ...request, now: later(60) })).rejects.toMatchObject(IN_USE);
    const racing = Array.from({ length: 10 }, () => beginReply(db, { ...request, now: later(61) }));
    const tries = await Promise.allSettled(racing);
    expect(tries.filter((one) => one.status === "fulfilled")).toHaveLength(1);
    await expect(beginReply(db, { ...request, now: later(100) })).rejects.toMatchObject(IN_USE);
  });
});

describe("sweepReplies", () => {
  it("removes answers older than a day and no younger one", async () => {
    await sweepReplies(db, later(10 * 86_400));
    const [old, young] = [call(), { ...call(), now: later(2) }];
    for (const request of [old, young]) {
      await beginReply(db, request);
      await settleReply(db, answer(request));
    }
    expect(await sweepReplies(db, later(86_400))).toBe(0);
    expect(await sweepReplies(db, later(86_401))).toBe(1);
    expect(await beginReply(db, old)).toEqual({ state: "new" });
    expect(await beginReply(db, young)).toMatchObject({ state: "replay" });
  });
});
