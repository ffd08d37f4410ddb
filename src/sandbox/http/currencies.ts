/**
 * The currencies that Stripe charges in, and its answer to any other code.
 *
 * Owns: the list, in the order in which Stripe's refusal names it (the American dollar first). Refuses: codes of ISO 4217
 * that nobody is charged in at Stripe, such as metals, as much as codes that are none.
 * https://docs.stripe.com/currencies#presentment-currencies
 */
import { invalidRequest, StripeError } from "./errors";

const SUPPORTED = (
  "usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp byn bzd cad cdf chf clp cny " +
  "cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd hnl htg huf idr ils inr isk jmd jod " +
  "jpy kes kgs khr kmf krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio " +
  "nok npr nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sek sgd shp sle sos srd std szl thb tjs tnd " +
  "top try ttd twd tzs uah ugx uyu uzs vnd vuv wst xaf xcd xcg xof xpf yer zar zmw"
).split(" ");

const KNOWN: ReadonlySet<string> = new Set(SUPPORTED);

/** A currency as Stripe keeps it, in lower case. Throws Stripe's 400 with `param` = path, which names all there are. */
export function supportedCurrency(given: string, path: string): string {
  const code = given.toLowerCase();
  if (KNOWN.has(code)) return code;
  const { status, body } = invalidRequest(
    `Invalid currency: ${code.slice(0, 20)}. Stripe currently supports these currencies: ${SUPPORTED.join(", ")}`,
    { param: path },
  );
  throw new StripeError(status, body, { beforeExecution: true });
}
