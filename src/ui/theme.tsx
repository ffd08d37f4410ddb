"use client";
import { ThemeProvider as NextThemeProvider, useTheme } from "next-themes";
import { type ReactNode, useId, useSyncExternalStore } from "react";

/** Chooses paper or charcoal before the first paint: the system's wish, unless the person chose. */
export function ThemeProvider({ nonce, children }: { nonce?: string; children: ReactNode }) {
  return (
    <NextThemeProvider
      attribute="data-theme"
      defaultTheme="system"
      enableSystem
      disableTransitionOnChange
      nonce={nonce}
    >
      {children}
    </NextThemeProvider>
  );
}

const CHOICES = [
  { value: "light", text: "Light" },
  { value: "dark", text: "Dark" },
  { value: "system", text: "System" },
] as const;

const never = () => () => {};

/** Three radio buttons in a row: light, dark, as the system has it. */
export function ThemeToggle() {
  const { theme, setTheme } = useTheme();
  const group = useId();
  const inBrowser = useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
  return (
    <fieldset className="inline-flex rounded-md border border-rule text-xs">
      <legend className="sr-only">Colour scheme</legend>
      {CHOICES.map((choice) => (
        <label
          key={choice.value}
          className="px-2 py-1 text-quiet has-checked:text-ink has-checked:underline has-checked:decoration-accent has-checked:decoration-2 has-checked:underline-offset-4 has-focus-visible:outline-2 has-focus-visible:outline-accent"
        >
          <input
            type="radio"
            name={group}
            value={choice.value}
            className="sr-only"
            checked={inBrowser && theme === choice.value}
            onChange={() => setTheme(choice.value)}
          />
          {choice.text}
        </label>
      ))}
    </fieldset>
  );
}

/** Whether charcoal is shown now; false until the browser knows. For things that cannot follow a style sheet. */
export function useIsDark(): boolean {
  const { resolvedTheme } = useTheme();
  return resolvedTheme === "dark";
}
