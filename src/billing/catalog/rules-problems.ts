/**
 * What a catalog's shape cannot say: references that lead nowhere, prices and steps that contradict each other.
 *
 * Looks at whatever is readable, so that a catalog with a misspelt field still hears of its other problems. Pure.
 */
import { Decimal } from "../kernel/decimal";
import { currencyExponent, fromMajor, isChargeable, stepText } from "../kernel/money";

/** One thing that is wrong with a catalog, and where: "plans[1].allowances[0].meter". */
export interface CatalogProblem {
  path: string;
  message: string;
}

type Fields = Record<string, unknown>;
type Path = readonly PropertyKey[];

/** A path as people write it. */
export function pathText(path: Path): string {
  const text = path.reduce<string>(
    (joined, part) => (typeof part === "number" ? `${joined}[${part}]` : `${joined}.${String(part)}`),
    "",
  );
  return text.replace(/^\./, "") || "(the whole catalog)";
}

function problem(path: Path, message: string): CatalogProblem {
  return { path: pathText(path), message };
}

/** Every contradiction of a catalog, whatever its shape. */
export function contradictions(input: unknown): CatalogProblem[] {
  const catalog = fields(input);
  const meters = list(catalog.meters).map(fields);
  const plans = list(catalog.plans).map(fields);
  const currency = typeof catalog.currency === "string" ? catalog.currency : "usd";
  const meterKeys = new Set(meters.map((meter) => meter.key));
  return [
    ...repeated(meters, "key", ["meters"]),
    ...repeated(plans, "key", ["plans"]),
    ...(isTooMuchTax(fields(catalog.tax).percentage) ? [problem(["tax", "percentage"], "is at most 100")] : []),
    ...freePlanProblems(catalog.freePlan, plans),
    ...contactProblems(catalog.contact, plans),
    ...dunningProblems(fields(catalog.dunning)),
    ...meters.flatMap((meter, position) => meterProblems(meter, ["meters", position])),
    ...plans.flatMap((plan, position) => planProblems(plan, { currency, meterKeys, path: ["plans", position] })),
  ];
}

/** What a plan is held against. */
export interface PlanSurroundings {
  currency: string;
  meterKeys: ReadonlySet<unknown>;
  path: Path;
}

/** The contradictions of one plan, of a catalog's or of a contract. */
export function planProblems(input: unknown, around: PlanSurroundings): CatalogProblem[] {
  const plan = fields(input);
  const { currency, meterKeys, path } = around;
  const allowances = list(plan.allowances).map(fields);
  return [
    ...(["monthlyPrice", "annualPrice"] as const).flatMap((field) =>
      priceProblems(plan[field], currency, [...path, field]),
    ),
    ...seatProblems(plan, currency, [...path, "seats"]),
    ...trialProblems(plan, [...path, "trial"]),
    ...repeated(allowances, "meter", [...path, "allowances"]),
    ...allowances.flatMap((allowance, position) => {
      const at = [...path, "allowances", position];
      const unknown = meterKeys.has(allowance.meter)
        ? []
        : [problem([...at, "meter"], "names no meter of this catalog")];
      return [...unknown, ...overageProblems(allowance, [...at, "overage"])];
    }),
  ];
}

function freePlanProblems(freePlan: unknown, plans: Fields[]): CatalogProblem[] {
  const free = plans.find((plan) => plan.key === freePlan);
  if (!free) return plans.length === 0 ? [] : [problem(["freePlan"], "names no plan of this catalog")];
  return [
    ...(isZero(free.monthlyPrice) ? [] : [problem(["freePlan"], "must cost 0")]),
    ...(free.draft === true
      ? [problem(["freePlan"], "cannot be a draft: every tenant without a subscription is on it")]
      : []),
    ...(isObject(free.seats) ? [problem(["freePlan"], "sells no seats: nobody pays for it")] : []),
  ];
}

function contactProblems(contact: unknown, plans: Fields[]): CatalogProblem[] {
  const agreed = plans.find(({ annualPrice, monthlyPrice }) => monthlyPrice === null && annualPrice === null);
  if (agreed === undefined || (contact ?? null) !== null) return [];
  return [
    problem(["contact"], `is missing: the price of ${JSON.stringify(agreed.key)} is agreed, so people have to ask`),
  ];
}

function dunningProblems(dunning: Fields): CatalogProblem[] {
  const { graceDays, lastNoticeDays } = dunning;
  const reminders = list(dunning.reminderDays);
  const grace = typeof graceDays === "number" ? graceDays : null;
  const late = reminders.flatMap((day, position) => {
    const at = ["dunning", "reminderDays", position];
    const before = reminders[position - 1];
    if (typeof day !== "number") return [];
    if (typeof before === "number" && day <= before) return [problem(at, "comes after the day before it")];
    return grace !== null && day >= grace ? [problem(at, `is not within the ${grace} days of grace`)] : [];
  });
  const isLate = grace !== null && typeof lastNoticeDays === "number" && lastNoticeDays > grace;
  return [...late, ...(isLate ? [problem(["dunning", "lastNoticeDays"], `is before the ${grace} days of grace`)] : [])];
}

function meterProblems(meter: Fields, path: Path): CatalogProblem[] {
  const at = [...path, "uniqueProperty"];
  const isNamed = (meter.uniqueProperty ?? null) !== null;
  if (meter.aggregation === "unique" && !isNamed) {
    return [problem(at, 'is missing: "unique" counts the different values of one metadata property')];
  }
  return isNamed && meter.aggregation !== "unique" ? [problem(at, 'is for the aggregation "unique" alone')] : [];
}

function overageProblems(allowance: Fields, path: Path): CatalogProblem[] {
  if (!isObject(allowance.overage)) return [];
  if (allowance.limit === "hard") return [problem(path, "a hard limit sells no overage")];
  const overage = fields(allowance.overage);
  const unlimited =
    allowance.included === null ? [problem(path, "is never reached: the quantity is without limit")] : [];
  const empty = isZero(overage.size) ? [problem([...path, "size"], "must be greater than 0")] : [];
  return [...unlimited, ...empty, ...tierProblems(list(overage.tiers).map(fields), [...path, "tiers"])];
}

function tierProblems(tiers: Fields[], path: Path): CatalogProblem[] {
  return tiers.flatMap(({ upTo }, position) => {
    const at = [...path, position, "upTo"];
    if (position === tiers.length - 1) {
      return upTo === null ? [] : [problem(at, "must be null: the last tier is open, or dear usage would be free")];
    }
    if (upTo === null) return [problem(at, "must have an end: only the last tier is open")];
    const before = position === 0 ? "0" : tiers[position - 1]?.upTo;
    if (!isDecimalText(upTo) || !isDecimalText(before)) return [];
    return new Decimal(upTo).greaterThan(before) ? [] : [problem(at, `must be more than ${before}: tiers ascend`)];
  });
}

function seatProblems(plan: Fields, currency: string, path: Path): CatalogProblem[] {
  if (!isObject(plan.seats)) return [];
  const seats = fields(plan.seats);
  const problems = (["monthlyPrice", "annualPrice"] as const).flatMap((field) => {
    const at = [...path, field];
    const wrong = priceProblems(seats[field], currency, at);
    if (wrong.length > 0) return wrong;
    if ((seats[field] ?? null) === null && isDecimalText(plan[field]))
      return [problem(at, `is missing, although the plan has a ${field}`)];
    return isDecimalText(seats[field]) && plan[field] === null
      ? [problem(at, `is there, but no ${field} of the plan`)]
      : [];
  });
  const { included, max } = seats;
  const isLess = typeof included === "number" && typeof max === "number" && max < included;
  return [...problems, ...(isLess ? [problem([...path, "max"], "is less than the included seats")] : [])];
}

function trialProblems(plan: Fields, path: Path): CatalogProblem[] {
  if (!isObject(plan.trial)) return [];
  const isFree = [plan.monthlyPrice, plan.annualPrice].every((price) => price === null || isZero(price));
  return isFree ? [problem(path, "tries what has no price")] : [];
}

/** A price that its currency cannot keep, or cannot be charged in. */
function priceProblems(price: unknown, currency: string, path: Path): CatalogProblem[] {
  if (!isDecimalText(price)) return [];
  if (new Decimal(price).decimalPlaces() > currencyExponent(currency)) {
    return [problem(path, `has more digits than ${currency} keeps`)];
  }
  if (isChargeable(fromMajor(price, currency), currency)) return [];
  return [problem(path, `lies between two amounts that can be paid: ${stepText(currency)}`)];
}

function repeated(rows: Fields[], field: string, path: Path): CatalogProblem[] {
  return rows.flatMap((row, index) =>
    rows.findIndex((other) => other[field] === row[field]) < index
      ? [problem([...path, index, field], "is used twice")]
      : [],
  );
}

function isTooMuchTax(percentage: unknown): boolean {
  return isDecimalText(percentage) && new Decimal(percentage).greaterThan(100);
}

function isZero(price: unknown): boolean {
  return isDecimalText(price) && new Decimal(price).isZero();
}

function isDecimalText(value: unknown): value is string {
  return typeof value === "string" && /^\d+(\.\d+)?$/.test(value);
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

function fields(value: unknown): Fields {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
