/** How much memory the installation takes, counted so that pages several processes share count once. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Sum in megabytes over the processes and all their descendants, or null where the system does not say. */
export function measureMemory(pids: readonly number[]): number | null {
  try {
    const everyone = withDescendants(pids);
    const totalKb = everyone.reduce((sum, pid) => sum + (proportionalKb(pid) ?? 0), 0);
    return totalKb > 0 ? Math.round(totalKb / 1024) : residentMb(pids);
  } catch {
    return residentMb(pids);
  }
}

function withDescendants(pids: readonly number[]): number[] {
  const seen = new Set<number>();
  const visit = (pid: number) => {
    if (seen.has(pid)) return;
    seen.add(pid);
    for (const child of childrenOf(pid)) visit(child);
  };
  for (const pid of pids) visit(pid);
  return [...seen];
}

function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

function proportionalKb(pid: number): number | null {
  try {
    const match = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"));
    return match ? Number(match[1]) : null;
  } catch {
    return null;
  }
}

/** Where there is no /proc: what `ps` says, shared pages counted in each process. */
function residentMb(pids: readonly number[]): number | null {
  try {
    const output = execFileSync("ps", ["-o", "rss=", "-p", pids.join(",")], { encoding: "utf8" });
    const totalKb = output.split("\n").reduce((sum, line) => sum + Number(line.trim() || 0), 0);
    return Math.round(totalKb / 1024);
  } catch {
    return null;
  }
}
