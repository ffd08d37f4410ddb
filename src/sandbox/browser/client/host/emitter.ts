/** Events of elements, and Stripe.js's way of refusing wrong calls. */

/** What listens to an event. */
export type Handler = (event?: unknown) => unknown;

/** Thrown when the page uses the library wrongly; the message says how. */
export class IntegrationError extends Error {
  override readonly name = "IntegrationError";
}

/** Handlers by event name. */
export class Emitter {
  private readonly handlers = new Map<string, Array<{ handler: Handler; isOnce: boolean }>>();

  on(event: string, handler: Handler, isOnce = false): void {
    if (typeof handler !== "function") throw new IntegrationError(`The handler of "${event}" must be a function.`);
    this.handlers.set(event, [...(this.handlers.get(event) ?? []), { handler, isOnce }]);
  }

  off(event: string, handler?: Handler): void {
    const kept = handler === undefined ? [] : (this.handlers.get(event) ?? []).filter((one) => one.handler !== handler);
    this.handlers.set(event, kept);
  }

  has(event: string): boolean {
    return (this.handlers.get(event) ?? []).length > 0;
  }

  /** Calls every handler; one that throws does not keep the others from hearing. */
  emit(event: string, payload: unknown): void {
    for (const { handler, isOnce } of [...(this.handlers.get(event) ?? [])]) {
      if (isOnce) this.off(event, handler);
      try {
        handler(payload);
      } catch (failure) {
        setTimeout(() => {
          throw failure;
        });
      }
    }
  }
}
