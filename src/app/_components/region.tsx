import { unstable_rethrow } from "next/navigation";
import { type ReactNode, Suspense } from "react";
import { failureOnServer } from "@/trpc/server";
import { ErrorState, Skeleton } from "@/ui/states";
import { RetryButton } from "./retry-button";

interface RegionProps<T> {
  /** Names the region when it fails: "The invoices could not be loaded". */
  failure: string;
  load: () => Promise<T>;
  children: (value: T) => ReactNode;
}

/** A part of a page that loads, fails and is retried by itself; the rest of the page does not wait for it. */
export function Region<T>({ skeleton, ...rest }: RegionProps<T> & { skeleton?: ReactNode }) {
  return (
    <Suspense fallback={skeleton ?? <Skeleton />}>
      <Loaded {...rest} />
    </Suspense>
  );
}

async function Loaded<T>({ failure, load, children }: RegionProps<T>) {
  const outcome = await load().then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ("value" in outcome) return children(outcome.value);
  unstable_rethrow(outcome.error);
  const { message, requestId } = await failureOnServer(outcome.error);
  return <ErrorState title={failure} message={message} requestId={requestId} retry={<RetryButton />} />;
}
