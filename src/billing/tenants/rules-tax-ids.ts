/**
 * Tax ids by country: which kinds there are, what they are called, and what they look like. Pure.
 *
 * Owns the table that forms choose from and the shape each kind must have; check digits are a library's
 * (check-tax-id.ts), and whether a number exists is Stripe's to find out. Values are compared without spaces, dots and dashes
 * where the kind allows them.
 */

/** A kind of tax id, as Stripe names it. */
export interface TaxIdKind {
  type: string;
  country: string;
  /** What people there call it. */
  label: string;
  /** A number that is right, for hints and errors. */
  example: string;
  pattern: RegExp;
}

/** type, country, label, example, pattern. */
const ROWS: ReadonlyArray<readonly [string, string, string, string, RegExp]> = [
  ["eu_vat", "AT", "UID", "ATU13585627", /^ATU\d{8}$/],
  ["eu_vat", "BE", "BTW / TVA", "BE0428759497", /^BE[01]\d{9}$/],
  ["eu_vat", "BG", "ДДС", "BG175074752", /^BG\d{9,10}$/],
  ["eu_vat", "CY", "ΦΠΑ", "CY10259033P", /^CY\d{8}[A-Z]$/],
  ["eu_vat", "CZ", "DIČ", "CZ25123891", /^CZ\d{8,10}$/],
  ["eu_vat", "DE", "USt-IdNr.", "DE136695976", /^DE\d{9}$/],
  ["eu_vat", "DK", "CVR / SE", "DK13585628", /^DK\d{8}$/],
  ["eu_vat", "EE", "KMKR", "EE100931558", /^EE\d{9}$/],
  ["eu_vat", "GR", "ΑΦΜ", "EL094259216", /^EL\d{9}$/],
  ["eu_vat", "ES", "NIF-IVA", "ESA13585625", /^ES[A-Z\d]\d{7}[A-Z\d]$/],
  ["eu_vat", "FI", "ALV", "FI20774740", /^FI\d{8}$/],
  ["eu_vat", "FR", "TVA", "FR40303265045", /^FR[A-Z\d]{2}\d{9}$/],
  ["eu_vat", "HR", "OIB", "HR33392005961", /^HR\d{11}$/],
  ["eu_vat", "HU", "ANUM", "HU12892312", /^HU\d{8}$/],
  ["eu_vat", "IE", "VAT", "IE6433435F", /^IE\d[A-Z\d+*]\d{5}[A-Z]{1,2}$/],
  ["eu_vat", "IT", "Partita IVA", "IT00743110157", /^IT\d{11}$/],
  ["eu_vat", "LT", "PVM", "LT119511515", /^LT(\d{9}|\d{12})$/],
  ["eu_vat", "LU", "TVA", "LU15027442", /^LU\d{8}$/],
  ["eu_vat", "LV", "PVN", "LV40003521600", /^LV\d{11}$/],
  ["eu_vat", "MT", "VAT", "MT11679112", /^MT\d{8}$/],
  ["eu_vat", "NL", "Btw-id", "NL004495445B01", /^NL\d{9}B\d{2}$/],
  ["eu_vat", "PL", "NIP", "PL8567346215", /^PL\d{10}$/],
  ["eu_vat", "PT", "NIF", "PT501964843", /^PT\d{9}$/],
  ["eu_vat", "RO", "CIF", "RO18547290", /^RO\d{2,10}$/],
  ["eu_vat", "SE", "Momsnr.", "SE556188840401", /^SE\d{12}$/],
  ["eu_vat", "SI", "ID za DDV", "SI50223054", /^SI\d{8}$/],
  ["eu_vat", "SK", "IČ DPH", "SK2022749619", /^SK\d{10}$/],
  ["gb_vat", "GB", "VAT", "GB980780684", /^GB(\d{9}|\d{12}|GD\d{3}|HA\d{3})$/],
  ["ch_vat", "CH", "MWST / TVA / IVA", "CHE-107.787.577 MWST", /^CHE-?\d{3}\.?\d{3}\.?\d{3} ?(MWST|TVA|IVA)$/],
  ["no_vat", "NO", "MVA", "995525828MVA", /^\d{9}MVA$/],
  ["is_vat", "IS", "VSK", "00621", /^\d{5,6}$/],
  ["us_ein", "US", "EIN", "91-1144442", /^\d{2}-?\d{7}$/],
  ["ca_gst_hst", "CA", "GST / HST", "123026635RT0001", /^\d{9}RT\d{4}$/],
  ["ca_bn", "CA", "Business number", "123026635", /^\d{9}$/],
  ["ca_qst", "CA", "QST", "1012345678TQ0001", /^\d{10}TQ\d{4}$/],
  ["au_abn", "AU", "ABN", "83914571673", /^\d{11}$/],
  ["nz_gst", "NZ", "GST", "49098576", /^\d{8,9}$/],
  ["jp_trn", "JP", "登録番号", "T7000012050002", /^T\d{13}$/],
  ["in_gst", "IN", "GSTIN", "27AAPFU0939F1ZV", /^\d{2}[A-Z]{5}\d{4}[A-Z][A-Z\d]Z[A-Z\d]$/],
  ["sg_gst", "SG", "GST", "M91234567X", /^[MTF]\d{8}[A-Z]$/],
  ["kr_brn", "KR", "BRN", "116-82-00276", /^\d{3}-?\d{2}-?\d{5}$/],
  ["tw_vat", "TW", "統一編號", "00501503", /^\d{8}$/],
  ["th_vat", "TH", "VAT", "1234567891234", /^\d{13}$/],
  ["ae_trn", "AE", "TRN", "123456789012345", /^\d{15}$/],
  ["sa_vat", "SA", "VAT", "300000157210003", /^\d{15}$/],
  ["il_vat", "IL", "VAT", "516179157", /^\d{9}$/],
  ["za_vat", "ZA", "VAT", "4840246211", /^4\d{9}$/],
  ["br_cnpj", "BR", "CNPJ", "16.727.230/0001-97", /^\d{2}\.?\d{3}\.?\d{3}\/?\d{4}-?\d{2}$/],
  ["mx_rfc", "MX", "RFC", "GODE561231GR8", /^[A-ZÑ&]{3,4}\d{6}[A-Z\d]{3}$/],
  ["cl_tin", "CL", "RUT", "12.345.678-K", /^\d{1,2}\.?\d{3}\.?\d{3}-?[\dK]$/],
  ["ar_cuit", "AR", "CUIT", "20-05536168-2", /^\d{2}-?\d{8}-?\d$/],
  ["tr_tin", "TR", "VKN", "4540536920", /^\d{10}$/],
  ["ua_vat", "UA", "VAT", "123456789012", /^\d{12}$/],
];

/** All kinds a form offers. */
export const TAX_ID_KINDS: readonly TaxIdKind[] = ROWS.map(([type, country, label, example, pattern]) => ({
  ...{ type, country, label, example, pattern },
}));

/** The kinds of a country; none where we know none. */
export function taxIdKindsIn(country: string): TaxIdKind[] {
  return TAX_ID_KINDS.filter((kind) => kind.country === country);
}

/** The kind of a value: VAT ids of the European Union begin with their country (Greece with EL). Null when unknown. */
export function taxIdKind(type: string, value: string): TaxIdKind | null {
  if (type !== "eu_vat") return TAX_ID_KINDS.find((kind) => kind.type === type) ?? null;
  const prefix = value.slice(0, 2).toUpperCase();
  const country = prefix === "EL" ? "GR" : prefix;
  return TAX_ID_KINDS.find((kind) => kind.type === "eu_vat" && kind.country === country) ?? null;
}

/** A value as it is stored: upper case, single spaces; without any where the kind has none. */
export function normalTaxId(value: string): string {
  const spaced = value.trim().toUpperCase().replace(/\s+/g, " ");
  return /(MWST|TVA|IVA)$/.test(spaced) && spaced.startsWith("CHE") ? spaced : spaced.replace(/ /g, "");
}

/** Stripe's numbers for tests; they have no right check digits and are told apart by their digits alone. */
export function isTestTaxId(value: string): boolean {
  return /^(ATU|[A-Z]{2})?(0{8,11}|1{8,11}|2{8,11})$/.test(value);
}

/** What is wrong with the look of a tax id, with an example of a right one; null when nothing is. */
export function taxIdProblem(type: string, value: string): string | null {
  const kind = taxIdKind(type, value);
  if (kind === null) {
    const european = type === "eu_vat" ? " It begins with the two letters of its country, as in DE136695976." : "";
    return `We do not know this kind of tax id.${european}`;
  }
  if (kind.pattern.test(value) || (isTestTaxId(value) && value.length === kind.example.length)) return null;
  return `This is not a ${kind.label} number: it looks like ${kind.example}.`;
}

/** What a kind is called in sentences: "VAT id", "EIN". */
export function taxIdName(type: string, value: string): string {
  if (/_vat$/.test(type)) return "VAT id";
  return taxIdKind(type, value)?.label ?? "Tax id";
}
