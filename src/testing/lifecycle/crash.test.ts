/**
 * Create, change and cancel, whose process dies at every step, while no webhook comes to the rescue; repaired by a
 * repetition and by the worker in turn.
 */
import { describeCrashes } from "./crashes";

describeCrashes({
  ...{ ways: "in turn", webhooks: "withhold" },
  names: ["starting a plan with seats", "an upgrade", "an end now"],
});
