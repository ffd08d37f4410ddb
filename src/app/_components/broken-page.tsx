"use client";
import { Button } from "@/ui/button";
import { ErrorState } from "@/ui/states";

/** What an error boundary shows when a whole page broke; the shell around it stays. */
export function BrokenPage({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <div className="mx-auto max-w-2xl py-16">
      <h1 className="mb-6 font-serif text-2xl font-medium">This page could not be shown</h1>
      <ErrorState
        title="Something went wrong on our side"
        message="Nothing was changed by opening it. Try again; if it stays like this, tell us the number below."
        requestId={error.digest}
        retry={
          <Button size="small" onClick={reset}>
            Try again
          </Button>
        }
      />
    </div>
  );
}
