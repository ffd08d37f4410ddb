/**
 * The page's end of a frame: creates the iframe, answers its first message if window and origin are right, and then
 * speaks through a channel of its own.
 *
 * A frame that is moved in the document loads anew and announces itself again; the link simply connects again.
 */
import {
  connectKind,
  type FrameCall,
  type FrameConfig,
  type FrameEvent,
  type FrameMessage,
  helloKind,
  isJson,
  type Json,
  type PageMessage,
} from "../shared/protocol";
import { onceReleased } from "./pressed";

const LOAD_TIMEOUT_MS = 15_000;
/** A frame that has loaded runs its script before the page hears of it; what stays silent longer is no form. */
const SILENCE_MS = 2_000;

/** What the owner of a frame hears. */
export interface FrameListener {
  ready(): void;
  failed(message: string): void;
  sized(height: number): void;
  event(event: FrameEvent, payload: Json): void;
}

let created = 0;

/** One iframe and the channel to it; calls made before the frame is there wait for it. */
export class FrameLink {
  readonly iframe: HTMLIFrameElement;
  private port: MessagePort | null = null;
  private isReady = false;
  private isClosed = false;
  private hasFailed = false;
  private calls = 0;
  private readonly waiting: Array<() => void> = [];
  private readonly answers = new Map<number, { resolve: (answer: unknown) => void; reject: (reason: Error) => void }>();
  private readonly timeout: ReturnType<typeof setTimeout>;

  constructor(
    private readonly baseUrl: string,
    private config: FrameConfig,
    private readonly listener: FrameListener,
    title: string,
  ) {
    created += 1;
    const iframe = document.createElement("iframe");
    iframe.name = `__privateStripeFrame${created}${Math.floor(Math.random() * 10_000)}`;
    iframe.title = title;
    iframe.allow = "payment *";
    iframe.setAttribute("scrolling", "no");
    iframe.style.cssText = "border:0;display:block;width:100%;margin:0;padding:0;user-select:none;background:none;";
    iframe.src = `${baseUrl}/elements/${config.type}`;
    this.iframe = iframe;
    window.addEventListener("message", this.greet);
    this.timeout = setTimeout(() => this.giveUp(), LOAD_TIMEOUT_MS);
    iframe.addEventListener("load", () =>
      setTimeout(() => {
        if (this.port === null) this.giveUp();
      }, SILENCE_MS),
    );
  }

  private giveUp(): void {
    if (this.isReady || this.isClosed || this.hasFailed) return;
    this.hasFailed = true;
    this.listener.failed(`The form could not be loaded from ${this.baseUrl}.`);
  }

  private readonly greet = (event: MessageEvent<unknown>): void => {
    const frame = this.iframe.contentWindow;
    if (frame === null || event.source !== frame || event.origin !== this.baseUrl) return;
    if (!isJson(event.data) || event.data.kind !== helloKind) return;
    this.port?.close();
    this.isReady = false;
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    port1.addEventListener("message", (message: MessageEvent<FrameMessage>) => this.hear(message.data));
    port1.start();
    frame.postMessage({ kind: connectKind, config: this.config }, this.baseUrl, [port2]);
  };

  private hear(message: FrameMessage): void {
    if (this.isClosed) return;
    if (message.kind === "size") {
      onceReleased(() => {
        this.iframe.style.height = `${message.height}px`;
      });
      // A frame of another scheme than its element gets an opaque backdrop, hence both have to agree.
      this.iframe.style.colorScheme = message.scheme;
      this.listener.sized(message.height);
    } else if (message.kind === "event") {
      this.listener.event(message.event, message.payload);
    } else if (message.kind === "answer") {
      this.answers.get(message.id)?.resolve(message.answer);
      this.answers.delete(message.id);
    } else if (!this.isReady) {
      this.isReady = true;
      clearTimeout(this.timeout);
      for (const start of this.waiting.splice(0)) start();
      this.listener.ready();
    }
  }

  private post(message: PageMessage): void {
    this.port?.postMessage(message);
  }

  /** Sends the configuration anew: with the greeting while there is no channel yet, through the channel afterwards. */
  configure(config: FrameConfig): void {
    this.config = config;
    // The channel keeps what comes before the frame listens, so nothing is lost between greeting and readiness.
    this.post({ kind: "configure", config });
  }

  /** Asks the frame to do something; rejects when the frame goes away before it answers. */
  call(call: FrameCall): Promise<unknown> {
    if (this.isClosed) return Promise.reject(new Error("The element is not mounted."));
    this.calls += 1;
    const id = this.calls;
    return new Promise((resolve, reject) => {
      this.answers.set(id, { resolve, reject });
      const start = () => this.post({ kind: "call", id, call });
      if (this.isReady) start();
      else this.waiting.push(start);
    });
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    clearTimeout(this.timeout);
    window.removeEventListener("message", this.greet);
    this.port?.close();
    this.iframe.remove();
    for (const { reject } of this.answers.values()) reject(new Error("The element was unmounted."));
    this.answers.clear();
  }
}
