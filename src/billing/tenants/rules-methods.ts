/** Which of a customer's saved methods are the same card or account. Pure. */

/** A saved method as far as telling one from another goes. */
interface Fingerprinted {
  stripePaymentMethodId: string;
  type: string;
  fingerprint: string | null;
  createdAt: Date;
}

/**
 * Which of a customer's methods stays when one is added, and which are the same card or account once more. The newest stays,
 * because its expiry date is the one on the card; of two of one second the id decides, so that everybody who adds the card
 * at the same time keeps the same one.
 */
export function sameMethods(
  added: Fingerprinted,
  saved: readonly Fingerprinted[],
): { keptId: string; duplicateIds: string[] } {
  const { fingerprint, stripePaymentMethodId, type } = added;
  const isSame = (one: Fingerprinted) =>
    one.stripePaymentMethodId === stripePaymentMethodId ||
    (fingerprint !== null && one.type === type && one.fingerprint === fingerprint);
  const [kept, ...duplicates] = saved
    .filter(isSame)
    .sort((a, b) => +b.createdAt - +a.createdAt || (a.stripePaymentMethodId < b.stripePaymentMethodId ? 1 : -1));
  return {
    keptId: kept?.stripePaymentMethodId ?? stripePaymentMethodId,
    duplicateIds: duplicates.map((one) => one.stripePaymentMethodId),
  };
}
