/** Where the button "Contact us" leads: to the catalog's page, or to a letter that already says which plan it is about. */
export function contactHref(contact: string | null, planName: string): string | null {
  if (contact === null) return null;
  return /^https?:\/\//i.test(contact) ? contact : `mailto:${contact}?subject=${encodeURIComponent(planName)}`;
}
