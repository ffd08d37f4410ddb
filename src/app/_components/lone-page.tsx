import type { ComponentProps, ReactNode } from "react";
import NotFound from "../(site)/not-found";
import { BrokenPage } from "./broken-page";

/** The landmark for pages that stand outside of every frame. */
function Lone({ children }: { children: ReactNode }) {
  return (
    <main id="content" className="px-4 sm:px-8">
      {children}
    </main>
  );
}

/** A broken page where no frame is around it. */
export function LoneBrokenPage(props: ComponentProps<typeof BrokenPage>) {
  return (
    <Lone>
      <BrokenPage {...props} />
    </Lone>
  );
}

/** "Not found" where no frame is around it. */
export function LoneNotFound() {
  return (
    <Lone>
      <NotFound />
    </Lone>
  );
}
