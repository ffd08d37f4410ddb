/**
 * The SDK's HTTP client, which asks for another try after a 429.
 *
 * The SDK repeats a call after a lost connection, a 409 and a 5xx with exponential backoff, jitter and the key of the first
 * try, but it takes "too many requests" for final unless Stripe says otherwise. Waiting is the right answer to it, so the
 * header by which Stripe says so is put where Stripe says nothing. What Stripe does say stands, and a declined card is a
 * 402, which nothing repeats.
 */
import Stripe from "stripe";

const SHOULD_RETRY = "stripe-should-retry";
const TOO_MANY_REQUESTS = 429;

/** Makes the client. */
export function retryingHttpClient(): ReturnType<typeof Stripe.createNodeHttpClient> {
  const client = Stripe.createNodeHttpClient();
  const ask = client.makeRequest.bind(client);
  client.makeRequest = async (...request) => {
    const response = await ask(...request);
    const headers = response.getHeaders();
    if (response.getStatusCode() === TOO_MANY_REQUESTS && headers[SHOULD_RETRY] === undefined) {
      response.getHeaders = () => ({ ...headers, [SHOULD_RETRY]: "true" });
    }
    return response;
  };
  return client;
}
