import { type BasePlan, type ContractFormState, differencesOf } from "./contract-terms";

/** The terms that are not the base plan's, before and after. */
export function ContractDifferences({
  form,
  base,
  currency,
}: {
  form: ContractFormState;
  base: BasePlan;
  currency: string;
}) {
  const differences = differencesOf(form, base, currency);
  if (differences.length === 0) {
    return <p className="text-sm text-quiet">Nothing yet: these are the terms of {base.name}.</p>;
  }
  return (
    <dl className="grid gap-3 text-sm" aria-live="polite">
      {differences.map(({ what, before, after }) => (
        <div key={what}>
          <dt className="font-medium">{what}</dt>
          <dd className="tabular">
            <s className="text-quiet">
              <span className="sr-only">before: </span>
              {before}
            </s>{" "}
            <span aria-hidden="true">→</span> <span className="sr-only">after: </span>
            {after}
          </dd>
        </div>
      ))}
    </dl>
  );
}
