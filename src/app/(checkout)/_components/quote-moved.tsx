import type { LiveQuote } from "./use-quote";

/** Says that the amounts are other ones than those somebody has just read, and which. */
export function QuoteMoved({ replaced }: { replaced: LiveQuote["replaced"] }) {
  if (replaced === null || (replaced.because === "expired" && replaced.moves.length === 0)) return null;
  const { because, moves } = replaced;
  return (
    <div role="alert" className="mb-5 border-l-2 border-risk-fill bg-risk-wash px-4 py-3 text-sm">
      <p className="font-medium">
        {because === "stale"
          ? "Something had changed, so nothing was charged. Please look again."
          : "The amounts were computed anew, because the old ones had run out."}
      </p>
      {moves.length === 0 ? (
        <p>The amounts are the same.</p>
      ) : (
        <ul className="mt-1 grid gap-0.5">
          {moves.map(({ what, before, after }) => (
            <li key={what} className="tabular">
              {what}: <s className="text-quiet">{before}</s> <span className="sr-only">is now</span> {after}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
