/**
 * Ends what we started, should we be killed before we can do so ourselves.
 *
 * A tiny shell holds the other end of a pipe from us and a list of process groups. While we live it only listens; when the
 * pipe closes, whatever the reason, it signals every group still on the list, and makes sure of it five seconds later.
 */
import { type ChildProcess, spawn } from "node:child_process";

const SCRIPT = `
trap '' INT TERM HUP
left=' '
while read -r sign signal pid; do
  case "$sign" in
    +) left="$left$signal:$pid " ;;
    -) left=$(printf '%s' "$left" | sed "s/ $signal:$pid / /") ;;
  esac
done
[ "$left" = ' ' ] && exit 0
for entry in $left; do kill -"\${entry%%:*}" "-\${entry##*:}" 2>/dev/null; done
sleep 5
for entry in $left; do kill -KILL "-\${entry##*:}" 2>/dev/null; done
`;

let shell: ChildProcess | null = null;

/** Puts a process group on the list; `signal` is the polite way to end it. Returns how to take it off again. */
export function keepFromOrphaning(groupId: number, signal: "INT" | "TERM"): () => void {
  const keeper = startedShell();
  keeper.stdin?.write(`+ ${signal} ${groupId}\n`);
  let listed = true;
  return () => {
    if (listed) keeper.stdin?.write(`- ${signal} ${groupId}\n`);
    listed = false;
  };
}

/** The shell's process id once there is one, for counting memory. */
export function keeperPid(): number | null {
  return shell?.pid ?? null;
}

function startedShell(): ChildProcess {
  if (shell) return shell;
  shell = spawn("/bin/sh", ["-c", SCRIPT], { stdio: ["pipe", "ignore", "ignore"], detached: true });
  shell.on("error", () => {});
  shell.stdin?.on("error", () => {});
  // Neither the shell nor the pipe may keep us running.
  shell.unref();
  const pipe = shell.stdin as (NodeJS.WritableStream & { unref?: () => void }) | null;
  pipe?.unref?.();
  return shell;
}
