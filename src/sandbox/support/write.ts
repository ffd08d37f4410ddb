/** `npm run -s sandbox:table`: writes what the routes support into the README. */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { routes } from "../routes";
import { withSupportSection } from "./table";

const readme = fileURLToPath(new URL("../README.md", import.meta.url));
writeFileSync(readme, withSupportSection(readFileSync(readme, "utf8"), routes));
