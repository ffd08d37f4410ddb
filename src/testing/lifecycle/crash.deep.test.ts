/** Every verb that asks Stripe for several things, whose process dies at every step, repaired in both ways. */
import { describeCrashes } from "./crashes";

describeCrashes({ ways: "both", webhooks: "accept", names: [""] });
