/** Brings up the installation that all specs share unless they ask for one with other settings. */
import { startInstallation } from "./installation";

/** Starts it, tells the specs where it is, and returns how to end it. */
export default async function globalSetup(): Promise<() => Promise<void>> {
  const { url, dataDir, stop } = await startInstallation();
  process.env.QUITTANCE_E2E_URL = url;
  process.env.QUITTANCE_E2E_DATA_DIR = dataDir;
  return stop;
}
