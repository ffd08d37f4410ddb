/** The form of the address element: a name and a postal address, in the parts the chosen country uses. */
import { hasPostalCode, postalLabel, postalProblem } from "../card/postal-code";
import { type Problem, problem } from "../card/problems";
import { type FrameConfig, isJson, type Json, part, text } from "../shared/protocol";
import { el } from "./dom";
import { Field, type FieldSetup } from "./field";
import { type Form, type FormHost, focusFirst, revealAll } from "./form";
import { countryChoices, likelyCountry, stateChoices, townLabel } from "./places";

const needed = (typed: string): Problem | null => (typed.trim() === "" ? problem("incomplete_field") : null);
const optional = () => null;

/** The address element's form; which parts it shows depends on the country. */
export class AddressForm implements Form {
  readonly root: HTMLElement;
  private readonly fields: Record<
    "name" | "firstName" | "lastName" | "country" | "line1" | "line2" | "city" | "state" | "postalCode" | "phone",
    Field
  >;
  private mode = "billing";
  private isPhoneRequired = false;
  private hasDefaults = false;
  private shownCountry = "";

  constructor(private readonly host: FormHost) {
    const listener = { ...host, changed: () => this.afterChange() };
    const field = (setup: FieldSetup) => new Field(setup, listener);
    this.fields = {
      name: field({ name: "name", label: "Full name", autocomplete: "name", problem: needed }),
      firstName: field({ name: "firstName", label: "First name", autocomplete: "given-name", problem: needed }),
      lastName: field({ name: "lastName", label: "Last name", autocomplete: "family-name", problem: needed }),
      country: field({
        name: "country",
        label: "Country or region",
        autocomplete: "country",
        choices: countryChoices(),
        problem: needed,
      }),
      line1: field({ name: "line1", label: "Address line 1", autocomplete: "address-line1", problem: needed }),
      line2: field({ name: "line2", label: "Address line 2", autocomplete: "address-line2", problem: optional }),
      city: field({ name: "city", label: "City", autocomplete: "address-level2", problem: needed }),
      state: field({ name: "state", label: "State", autocomplete: "address-level1", choices: [], problem: needed }),
      postalCode: field({
        name: "postalCode",
        label: "ZIP code",
        autocomplete: "postal-code",
        problem: (typed) => postalProblem(typed, this.fields.country.value),
      }),
      phone: field({
        name: "phone",
        label: "Phone number",
        autocomplete: "tel",
        inputMode: "tel",
        problem: (typed) => (this.isPhoneRequired ? needed(typed) : null),
      }),
    };
    this.fields.line1.placeholder = "Street address";
    this.fields.line2.placeholder = "Apt., suite, unit (optional)";
    this.fields.line2.isRequired = false;
    this.root = el("div", { class: "Form AddressForm Grid" }, ...Object.values(this.fields).map(({ root }) => root));
  }

  private afterChange(): void {
    this.showParts();
    this.host.changed();
  }

  /** Shows the parts of an address that the chosen country has, under the names they have there. */
  private showParts(): void {
    const country = this.fields.country.value;
    if (country === this.shownCountry) return;
    this.shownCountry = country;
    const states = stateChoices(country);
    this.fields.state.root.hidden = states === null;
    if (states !== null) {
      this.fields.state.label = states.label;
      this.fields.state.offer(states.choices);
    }
    this.fields.city.label = townLabel(country);
    this.fields.postalCode.root.hidden = !hasPostalCode(country);
    this.fields.postalCode.label = postalLabel(country);
    const inRow = [this.fields.city, this.fields.state, this.fields.postalCode].filter(({ isHidden }) => !isHidden);
    this.root.style.setProperty("--town-parts", String(inRow.length));
    for (const part of inRow) part.show();
  }

  configure(config: FrameConfig): void {
    const { options } = config;
    this.mode = text(options, "mode") || "billing";
    const nameStyle = text(part(options, "display"), "name") || "full";
    this.fields.name.root.hidden = nameStyle === "split";
    this.fields.name.label = nameStyle === "organization" ? "Organization name" : "Full name";
    this.fields.firstName.root.hidden = nameStyle !== "split";
    this.fields.lastName.root.hidden = nameStyle !== "split";
    this.fields.phone.root.hidden = text(part(options, "fields"), "phone") !== "always";
    this.isPhoneRequired = text(part(options, "validation", "phone"), "required") === "always";
    this.fields.phone.isRequired = this.isPhoneRequired;
    const allowed = options.allowedCountries;
    const codes = Array.isArray(allowed) ? allowed.filter((code) => typeof code === "string") : [];
    const before = this.fields.country.value;
    this.fields.country.offer(countryChoices(codes));
    if (this.hasDefaults) this.fields.country.control.value = before;
    else this.takeDefaults(options);
    this.showParts();
  }

  private takeDefaults(options: Json): void {
    this.hasDefaults = true;
    const defaults = part(options, "defaultValues");
    const address = part(defaults, "address");
    const country = text(address, "country") || likelyCountry();
    const { control } = this.fields.country;
    control.value = country;
    if (control instanceof HTMLSelectElement && control.selectedIndex < 0) control.selectedIndex = 0;
    this.showParts();
    const [first = "", ...rest] = text(defaults, "name").split(" ");
    const given: Array<[Field, string]> = [
      [this.fields.name, text(defaults, "name")],
      [this.fields.firstName, text(defaults, "firstName") || first],
      [this.fields.lastName, text(defaults, "lastName") || rest.join(" ")],
      [this.fields.line1, text(address, "line1")],
      [this.fields.line2, text(address, "line2")],
      [this.fields.city, text(address, "city")],
      [this.fields.state, text(address, "state")],
      [this.fields.postalCode, text(address, "postal_code")],
      [this.fields.phone, text(defaults, "phone")],
    ];
    for (const [field, value] of given) if (value !== "") field.value = value;
  }

  private value(): Json {
    const of = (field: Field) => (field.isHidden ? "" : field.value.trim());
    const { name, firstName, lastName, country, line1, line2, city, state, postalCode, phone } = this.fields;
    const isSplit = name.isHidden;
    return {
      name: isSplit ? `${of(firstName)} ${of(lastName)}`.trim() : of(name),
      ...(isSplit ? { firstName: of(firstName), lastName: of(lastName) } : {}),
      address: {
        line1: of(line1),
        line2: of(line2) || null,
        city: of(city),
        state: of(state),
        postal_code: of(postalCode),
        country: of(country),
      },
      ...(phone.isHidden ? {} : { phone: of(phone) }),
    };
  }

  state(): Json {
    const all = Object.values(this.fields);
    const value = this.value();
    const address = isJson(value.address) ? value.address : {};
    const typed = [value.name, value.phone, address.line1, address.line2, address.city, address.postal_code];
    return {
      elementType: "address",
      elementMode: this.mode,
      empty: typed.every((one) => one === "" || one === null || one === undefined),
      complete: all.every((field) => field.problem === null),
      isNewAddress: true,
      value,
    };
  }

  validate(): Problem | null {
    return revealAll(Object.values(this.fields));
  }

  paymentMethod(): null {
    return null;
  }

  focus(): void {
    focusFirst(Object.values(this.fields));
  }

  clear(): void {
    for (const [name, field] of Object.entries(this.fields)) if (name !== "country") field.clear();
    this.host.changed();
  }
}
