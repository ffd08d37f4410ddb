/**
 * A ceiling on calls per API key, so that one runaway loop cannot starve the others. Counted in memory per process: it
 * protects the process, it is not a quota of the product.
 */
import type { MiddlewareHandler } from "hono";
import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import type { RestEnvironment } from "./environment";
import { sendProblem } from "./problem";

const WINDOW_SECONDS = 10;
const CALLS_PER_WINDOW = 20_000;

/** Refuses the call with 429 and Retry-After when its key (or, without one, its path) is over the ceiling. */
export function limitRate(): MiddlewareHandler<RestEnvironment> {
  const limiter = new RateLimiterMemory({ points: CALLS_PER_WINDOW, duration: WINDOW_SECONDS });
  return async (c, next) => {
    try {
      await limiter.consume(c.get("actor")?.keyId ?? "open");
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused;
      const seconds = Math.ceil(refused.msBeforeNext / 1000);
      return sendProblem(c, {
        status: 429,
        code: "request.rate_limited",
        detail: `This key made more than ${CALLS_PER_WINDOW} calls in ${WINDOW_SECONDS} seconds. Try again in ${seconds} s.`,
        headers: { "Retry-After": String(seconds) },
      });
    }
    await next();
  };
}
