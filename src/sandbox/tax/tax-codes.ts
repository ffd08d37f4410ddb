/**
 * The product tax codes that the sandbox knows, and the kind of product each stands for.
 *
 * Owns: a small part of Stripe's list. Refuses: codes outside it; a product may carry any text, but automatic tax treats a
 * code that is not here as electronically supplied services.
 */
import type Stripe from "stripe";

/** What a rate's rules tell apart. */
export type ProductKind = "books" | "digital" | "goods" | "nontaxable" | "saas" | "service";

interface CodeEntry {
  kind: ProductKind;
  name: string;
  description: string;
}

const codes: Record<string, CodeEntry> = {
  txcd_00000000: {
    kind: "nontaxable",
    name: "Nontaxable",
    description: "A product on which no tax is to be collected anywhere.",
  },
  txcd_10000000: {
    kind: "digital",
    name: "General - Electronically Supplied Services",
    description: "A digital service delivered over the internet with little human work.",
  },
  txcd_10010001: {
    kind: "saas",
    name: "Infrastructure as a service (IaaS) - personal use",
    description: "Storage, memory and computing over the internet, for a person.",
  },
  txcd_10101000: {
    kind: "saas",
    name: "Infrastructure as a service (IaaS) - business use",
    description: "Storage, memory and computing over the internet, for a business.",
  },
  txcd_10102000: {
    kind: "saas",
    name: "Platform as a service (PaaS) - business use",
    description: "A place to build and run applications over the internet, for a business.",
  },
  txcd_10102001: {
    kind: "saas",
    name: "Platform as a service (PaaS) - personal use",
    description: "A place to build and run applications over the internet, for a person.",
  },
  txcd_10103000: {
    kind: "saas",
    name: "Software as a service (SaaS) - personal use",
    description: "Software used over the internet, for a person.",
  },
  txcd_10103001: {
    kind: "saas",
    name: "Software as a service (SaaS) - business use",
    description: "Software used over the internet, for a business.",
  },
  txcd_10701100: {
    kind: "digital",
    name: "Website Hosting",
    description: "Space for a website on somebody's servers.",
  },
  txcd_20030000: { kind: "service", name: "General - Services", description: "A service rendered by people." },
  txcd_35010000: { kind: "books", name: "Books", description: "A printed book." },
  txcd_99999999: { kind: "goods", name: "General - Tangible Goods", description: "Any good that can be touched." },
};

/** All codes in Stripe's shape, by their numbers. */
export const taxCodes: readonly Stripe.TaxCode[] = Object.entries(codes).map(([id, { name, description }]) => ({
  id,
  object: "tax_code",
  description,
  name,
  requirements: null,
}));

/** The kind of product behind a code. */
export function productKind(taxCode: string): ProductKind {
  return codes[taxCode]?.kind ?? "digital";
}
