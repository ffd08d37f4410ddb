/** Empties a sandbox without restarting it: everything that happened goes, the endpoint of the server's options stays. */
import { collectionNames } from "../store/collections";
import type { ControlContext } from "./control";

/** Removes every record, once no clock is walking; answers how many there were. */
export function resetState(context: ControlContext): Promise<{ removed: number }> {
  const { store, clocks, faults } = context;
  faults.arm(null);
  return clocks.whileStill(() =>
    store.transaction((tx) => {
      const kept = new Set(tx.list("webhook_secret", (one) => one.source === "options").map((one) => one.id));
      let removed = 0;
      for (const kind of collectionNames) {
        for (const { id } of tx.list(kind)) {
          if (kind === "server_address") continue;
          if ((kind === "webhook_endpoint" || kind === "webhook_secret") && kept.has(id)) continue;
          tx.remove(kind, id);
          removed += 1;
        }
      }
      return { removed };
    }),
  );
}
