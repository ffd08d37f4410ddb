/** Writes dist/<name>.mjs for each of the names; all of them without names. */
export function bundle(root: string, names?: string[]): Promise<void>;
