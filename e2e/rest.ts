/** The REST API as a service calls it. */
import type { APIRequestContext } from "@playwright/test";

/** An answer, whatever its status. */
export interface RestAnswer<T> {
  status: number;
  body: T;
}

/** A key and the calls one makes with it. */
export class Rest {
  constructor(
    private readonly request: APIRequestContext,
    readonly key: string,
  ) {}

  /** The same API with another key. */
  with(key: string): Rest {
    return new Rest(this.request, key);
  }

  async get<T = Record<string, unknown>>(path: string): Promise<RestAnswer<T>> {
    return this.call<T>("GET", path);
  }

  async post<T = Record<string, unknown>>(path: string, body: object): Promise<RestAnswer<T>> {
    return this.call<T>("POST", path, body);
  }

  private async call<T>(method: string, path: string, data?: object): Promise<RestAnswer<T>> {
    const response = await this.request.fetch(`/api/v1${path}`, {
      method,
      data,
      headers: { Authorization: `Bearer ${this.key}` },
    });
    return { status: response.status(), body: (await response.json()) as T };
  }
}
