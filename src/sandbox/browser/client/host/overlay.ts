/**
 * The overlay in which a bank's page appears above the application: a modal dialog of the browser itself, which keeps the
 * rest of the page out of reach for pointer, keyboard and screen reader, and gives the focus back afterwards.
 */
import type { ApiError, Json, Session } from "../shared/protocol";
import type { Account } from "./elements";
import { FrameLink } from "./frame-link";

/** The pages there are, with their names for assistive technology and their first heights. */
const pages = {
  threeDSecure: { title: "3D Secure 2 Test Page", height: 280 },
  bankLogin: { title: "Bank login test page", height: 460 },
} as const;

/**
 * Shows a bank's page; resolves when the sandbox has recorded how it ended, with an error when it could not be shown.
 * Escape counts as giving up.
 */
export function showOverlay(
  account: Account,
  type: keyof typeof pages,
  options: Json,
  session: Session | null,
): Promise<ApiError | null> {
  const { title, height } = pages[type];
  return new Promise((resolve) => {
    const isDark = getComputedStyle(document.documentElement).colorScheme.startsWith("dark");
    const dialog = document.createElement("dialog");
    dialog.setAttribute("aria-label", title);
    dialog.dataset.stripeChallenge = "";
    dialog.style.cssText =
      "box-sizing:border-box;width:min(440px,calc(100vw - 32px));max-width:none;margin:auto;padding:0;border:0;border-radius:10px;overflow:hidden;box-shadow:0 0 0 100vmax rgb(18 20 24 / .56),0 24px 64px rgb(0 0 0 / .32);pointer-events:auto;";
    dialog.style.background = isDark ? "#23262c" : "#fff";
    const link = new FrameLink(
      account.baseUrl,
      {
        type,
        group: "",
        publishableKey: account.publishableKey,
        appearance: { theme: isDark ? "night" : "stripe" },
        fonts: [],
        options,
        session,
        isAddressElsewhere: false,
        isEmailElsewhere: false,
        backdrop: null,
      },
      {
        ready: () => {
          link.iframe.focus();
          void link.call({ do: "focus" }).catch(() => undefined);
        },
        failed: (message) => {
          close();
          resolve({ type: "api_connection_error", message });
        },
        sized: () => undefined,
        event: (event) => {
          if (event === "escape") giveUp();
          if (event !== "outcome") return;
          close();
          resolve(null);
        },
      },
      title,
    );
    const close = () => {
      link.close();
      dialog.close();
      dialog.remove();
    };
    const giveUp = () => void link.call({ do: "clear" }).catch(() => undefined);
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      giveUp();
    });
    // Dialogs of the application close themselves on clicks outside; a click in here is none of theirs.
    for (const kind of ["pointerdown", "mousedown", "click", "focusin"]) {
      dialog.addEventListener(kind, (event) => event.stopPropagation());
    }
    link.iframe.style.height = `${height}px`;
    dialog.append(link.iframe);
    document.body.append(dialog);
    dialog.showModal();
  });
}
