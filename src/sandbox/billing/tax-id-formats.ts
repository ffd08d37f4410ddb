/**
 * Tax ids: which there are, what they look like, and which of them somebody could verify.
 *
 * Owns: the table of types. A type with a pattern is checked against it; the others only have to look like an id at all.
 * Refuses: asking any government. Verification goes by Stripe's test numbers alone.
 */

/** All types of tax id that the API takes, as the SDK lists them. */
export const taxIdTypes = (
  "ad_nrt ae_trn al_tin am_tin ao_tin ar_cuit au_abn au_acn au_arn au_wpn aw_tin az_tin ba_tin bb_tin bd_bin bf_ifu bg_uic " +
  "bh_vat bj_ifu bo_tin br_cnpj br_cpf bs_tin bw_vat by_tin ca_bn ca_gst_hst ca_pst_bc ca_pst_mb ca_pst_sk ca_qst cd_nif " +
  "ch_uid ch_vat ci_vat cl_tin cm_niu cn_tin co_nit cr_tin cv_nif cz_dic de_stn do_rcn ec_ruc eg_tin es_cif et_tin " +
  "eu_oss_vat eu_vat fo_vat fr_siren fr_siret fr_spi gb_vat ge_vat gh_tin gi_tin gn_nif hk_br hr_oib hu_tin ic_nif id_npwp " +
  "il_vat in_gst is_kt is_vat it_cf jp_cn jp_rn jp_trn ke_pin kg_tin kh_tin kr_brn kz_bin la_tin li_uid li_vat lk_vat " +
  "ma_vat md_cf md_vat me_pib mk_vat mr_nif mu_vat mx_rfc my_frp my_itn my_sst mz_nuit ng_tin no_vat no_voec np_pan nz_bn " +
  "nz_gst om_vat pe_ruc ph_tin pl_nip pt_nif py_ruc ro_tin rs_pib ru_inn ru_kpp sa_vat sg_gst sg_uen si_tin sm_coe " +
  "sn_ninea sr_fin sv_nit th_vat tj_tin tr_tin tt_bir tt_vat tw_vat tz_vat ua_vat ug_tin us_ein uy_ruc uz_tin uz_vat " +
  "ve_rif vn_tin za_vat zm_tin zw_tin"
).split(" ");

/** VAT numbers of the European Union by the country they begin with (Greece writes EL, Northern Ireland XI). */
const europeanVat: Record<string, RegExp> = {
  AT: /^U\d{8}$/,
  BE: /^[01]?\d{9}$/,
  BG: /^\d{9,10}$/,
  CY: /^\d{8}[A-Z]$/,
  CZ: /^\d{8,10}$/,
  DE: /^\d{9}$/,
  DK: /^\d{8}$/,
  EE: /^\d{9}$/,
  EL: /^\d{9}$/,
  ES: /^[A-Z\d]\d{7}[A-Z\d]$/,
  FI: /^\d{8}$/,
  FR: /^[A-Z\d]{2}\d{9}$/,
  HR: /^\d{11}$/,
  HU: /^\d{8}$/,
  IE: /^\d[A-Z\d+*]\d{5}[A-Z]{1,2}$/,
  IT: /^\d{11}$/,
  LT: /^(\d{9}|\d{12})$/,
  LU: /^\d{8}$/,
  LV: /^\d{11}$/,
  MT: /^\d{8}$/,
  NL: /^\d{9}B\d{2}$/,
  PL: /^\d{10}$/,
  PT: /^\d{9}$/,
  RO: /^\d{2,10}$/,
  SE: /^\d{12}$/,
  SI: /^\d{8}$/,
  SK: /^\d{10}$/,
  XI: /^(\d{9}|\d{12})$/,
};

const patterns: Record<string, RegExp> = {
  ae_trn: /^\d{15}$/,
  ar_cuit: /^\d{2}-?\d{8}-?\d$/,
  au_abn: /^\d{11}$/,
  au_arn: /^\d{12}$/,
  br_cnpj: /^\d{2}\.?\d{3}\.?\d{3}\/?\d{4}-?\d{2}$/,
  br_cpf: /^\d{3}\.?\d{3}\.?\d{3}-?\d{2}$/,
  ca_bn: /^\d{9}$/,
  ca_gst_hst: /^\d{9}RT\d{4}$/,
  ca_pst_bc: /^PST-?\d{4}-?\d{4}$/,
  ca_qst: /^\d{10}TQ\d{4}$/,
  ch_uid: /^CHE-?\d{3}\.?\d{3}\.?\d{3}( ?(MWST|TVA|IVA))?$/,
  ch_vat: /^CHE-?\d{3}\.?\d{3}\.?\d{3} ?(MWST|TVA|IVA)$/,
  cl_tin: /^\d{2}\.?\d{3}\.?\d{3}-?[\dK]$/,
  de_stn: /^\d{10,13}$/,
  es_cif: /^[A-Z]\d{7}[A-Z\d]$/,
  eu_oss_vat: /^EU\d{9}$/,
  fr_siren: /^\d{9}$/,
  fr_siret: /^\d{14}$/,
  gb_vat: /^(GB)?(\d{9}|\d{12}|GD\d{3}|HA\d{3})$/,
  il_vat: /^\d{9}$/,
  in_gst: /^\d{2}[A-Z]{5}\d{4}[A-Z][A-Z\d]Z[A-Z\d]$/,
  it_cf: /^[A-Z]{6}\d{2}[A-Z]\d{2}[A-Z]\d{3}[A-Z]$/,
  jp_cn: /^\d{13}$/,
  jp_trn: /^T\d{13}$/,
  kr_brn: /^\d{3}-?\d{2}-?\d{5}$/,
  mx_rfc: /^[A-ZÑ&]{3,4}\d{6}[A-Z\d]{3}$/,
  no_vat: /^\d{9}(MVA)?$/,
  nz_gst: /^\d{8,9}$/,
  pl_nip: /^\d{10}$/,
  sa_vat: /^\d{15}$/,
  sg_gst: /^[MTF]\d{8}[A-Z]$/,
  si_tin: /^\d{8}$/,
  th_vat: /^\d{13}$/,
  tw_vat: /^\d{8}$/,
  us_ein: /^\d{2}-?\d{7}$/,
  za_vat: /^4\d{9}$/,
};

/** The types whose numbers Stripe holds against a government's register. */
const verifiedTypes = new Set(["eu_vat", "gb_vat", "au_abn"]);

/** Stripe's numbers for tests, by the digits they end in. */
const testNumbers: Record<string, "verified" | "unverified" | "pending"> = {
  "000000000": "verified",
  "111111111": "unverified",
  "222222222": "pending",
};

function testNumberOf(value: string): "verified" | "unverified" | "pending" | undefined {
  return testNumbers[value.replace(/^[A-Z]{2}/, "")];
}

/** Whether a value looks like an id of its type. The test numbers pass for every type. */
export function isWellFormed(type: string, value: string): boolean {
  if (testNumberOf(value) !== undefined) return true;
  if (type === "eu_vat") return europeanVat[value.slice(0, 2)]?.test(value.slice(2)) ?? false;
  return (patterns[type] ?? /^[\p{L}\d][\p{L}\d ./-]{2,39}$/u).test(value);
}

/** The country of a tax id; null where its number belongs to none. */
export function countryOfTaxId(type: string, value: string): string | null {
  if (type === "eu_oss_vat") return null;
  if (type !== "eu_vat") return type.slice(0, 2).toUpperCase();
  const prefix = /^[A-Z]{2}/.exec(value)?.[0] ?? null;
  return prefix === "EL" ? "GR" : prefix === "XI" ? "GB" : prefix;
}

/**
 * What becomes of an id's verification. "unavailable" when nobody verifies the type, and for numbers other than the test
 * numbers, because the sandbox asks no register.
 */
export function verificationOf(type: string, value: string): "verified" | "unverified" | "pending" | "unavailable" {
  if (!verifiedTypes.has(type)) return "unavailable";
  return testNumberOf(value) ?? "unavailable";
}
