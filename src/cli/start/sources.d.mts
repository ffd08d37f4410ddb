/** Where the build notes which sources it was made from. */
export function buildStampFile(root: string): string;
/** Hash over the names and contents of all sources that end up in the build. */
export function hashSources(root: string): string;
/** Whether dist/ and .next/ were made from the present sources. */
export function isBuilt(root: string): boolean;
