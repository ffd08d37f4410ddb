"use client";
import { useEffect, useSyncExternalStore } from "react";

interface Toast {
  id: number;
  text: string;
}

let toasts: Toast[] = [];
let nextId = 1;
const listeners = new Set<() => void>();
const none: Toast[] = [];

function publish(next: Toast[]) {
  toasts = next;
  for (const listener of listeners) listener();
}

/** Says that something was done. Failures are never only a toast: they stay on the page. */
export function toast(text: string) {
  publish([...toasts.slice(-2), { id: nextId++, text }]);
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The polite live region that shows toasts; once in each root layout. */
export function ToastRegion() {
  const shown = useSyncExternalStore(
    subscribe,
    () => toasts,
    () => none,
  );
  return (
    <div
      role="status"
      aria-live="polite"
      className="pointer-events-none fixed inset-x-0 bottom-6 z-50 grid justify-items-center gap-2 px-4"
    >
      {shown.map((item) => (
        <ToastLine key={item.id} item={item} />
      ))}
    </div>
  );
}

function ToastLine({ item }: { item: Toast }) {
  useEffect(() => {
    const timer = setTimeout(() => publish(toasts.filter((other) => other.id !== item.id)), 6_000);
    return () => clearTimeout(timer);
  }, [item.id]);
  return <p className="settle rounded-md bg-ink px-4 py-2 text-sm text-paper">{item.text}</p>;
}
