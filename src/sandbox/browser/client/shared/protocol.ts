/**
 * What the page and its frames say to each other.
 *
 * A frame announces itself to its parent with nothing but its name. The page checks window and origin, and answers with a
 * message channel of this one element; everything after that goes through the channel. Card data never does: a frame
 * sends it to the sandbox itself and returns only the sandbox's answer.
 */

/** A frame's first words. */
export const helloKind = "sandbox-frame-hello";
/** The page's answer to a frame it recognises, with the channel. */
export const connectKind = "sandbox-frame-connect";

/** Elements the stand-in can show, by their names in Stripe.js, and the one it shows itself. */
export const elementTypes = [
  "payment",
  "card",
  "cardNumber",
  "cardExpiry",
  "cardCvc",
  "iban",
  "address",
  "linkAuthentication",
] as const;
/** One of them. */
export type ElementType = (typeof elementTypes)[number];
/** What a frame can show. */
export type FrameType = ElementType | "threeDSecure" | "bankLogin";

/** Kinds of payment method the payment element can collect. */
export const methodTypes = ["card", "us_bank_account", "sepa_debit"] as const;
/** One of them. */
export type MethodType = (typeof methodTypes)[number];

/** A JSON object of unknown content: options and API objects pass through as they are. */
export type Json = Record<string, unknown>;

/** Parameters of an API call before form encoding. */
export type Parameters = { [name: string]: ParameterValue };
/** One parameter, however deep. */
export type ParameterValue = string | number | boolean | null | undefined | ParameterValue[] | Parameters;

/** What a payment or setup means for the form. */
export interface Session {
  kind: "payment" | "setup";
  amount: number | null;
  currency: string | null;
  /** The method will be charged again later, so the form says so. */
  isSaved: boolean;
  /** The kinds of payment method to choose from. */
  methodTypes: MethodType[];
}

/** Everything a frame needs to know to show its element; sent whole on every change. */
export interface FrameConfig {
  type: FrameType;
  /** Unguessable name shared by the elements of one group, over which its frames talk to each other. */
  group: string;
  publishableKey: string;
  appearance: Json;
  fonts: Json[];
  options: Json;
  session: Session | null;
  /** An address element of the same group asks for the billing address. */
  isAddressElsewhere: boolean;
  /** So does an element for the e-mail address. */
  isEmailElsewhere: boolean;
  /** The colour behind the frame, where it is a plain one. */
  backdrop: string | null;
}

/** What typed data is sent for; the frame knows the path, the page cannot choose another. */
export type Purpose =
  | { to: "payment_method" | "confirmation_token" | "token" | "cvc_token" }
  | { to: "payment_intent" | "setup_intent"; id: string };

/** What the page asks of a frame; every call is answered. */
export type FrameCall =
  | { do: "focus" | "blur" | "clear" | "collapse" | "validate" | "value" }
  | { do: "send"; purpose: Purpose; parameters: Parameters };

/** Stripe's error object, as far as it is read here. */
export interface ApiError extends Json {
  type: string;
  code?: string;
  message?: string;
}

/** An answer of the API, or of the form when the data never left it. */
export type Reply = { object: Json; error?: undefined } | { error: ApiError; object?: undefined };

/** From the page to the frame. */
export type PageMessage = { kind: "configure"; config: FrameConfig } | { kind: "call"; id: number; call: FrameCall };

/** What happens in a frame that the page hears of. */
export type FrameEvent = "change" | "carddetailschange" | "focus" | "blur" | "escape" | "enter" | "outcome";

/** From the frame to the page. */
export type FrameMessage =
  | { kind: "ready" }
  | { kind: "size"; height: number; scheme: "light" | "dark" }
  | { kind: "event"; event: FrameEvent; payload: Json }
  | { kind: "answer"; id: number; answer: unknown };

/** Whether a value is an object with named fields. */
export function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The object at a key, or an empty one. */
export function part(value: unknown, ...path: string[]): Json {
  let current = value;
  for (const key of path) current = isJson(current) ? current[key] : undefined;
  return isJson(current) ? current : {};
}

/** The text at a key, or an empty one. */
export function text(value: unknown, key: string): string {
  const found = isJson(value) ? value[key] : undefined;
  return typeof found === "string" ? found : "";
}
