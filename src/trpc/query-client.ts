import { defaultShouldDehydrateQuery, hashKey, QueryClient } from "@tanstack/react-query";
import superjson from "superjson";

/** A cache of answers. What the server fetched counts as fresh for half a minute, so the browser does not ask twice. */
export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      // Amounts are bigints, of which the library's own hash makes an error in the middle of rendering.
      queries: { staleTime: 30_000, retry: 1, queryKeyHashFn: (key) => hashKey([superjson.serialize(key)]) },
      dehydrate: {
        serializeData: superjson.serialize,
        shouldDehydrateQuery: (query) => defaultShouldDehydrateQuery(query) || query.state.status === "pending",
        shouldRedactErrors: () => false,
      },
      hydrate: { deserializeData: superjson.deserialize },
    },
  });
}
