/** A page that appears in the overlay above the application. */
import type { FrameConfig } from "../shared/protocol";

/** What the frame's program asks of such a page. */
export interface OverlayPage {
  readonly root: HTMLElement;
  configure(config: FrameConfig): void;
  focus(): void;
  /** The overlay is being closed without an answer. */
  giveUp(): Promise<void>;
}
