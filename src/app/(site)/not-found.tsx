import type { Metadata } from "next";
import { ButtonLink } from "@/ui/button";

export const metadata: Metadata = { title: "Not found" };

export default function NotFound() {
  return (
    <div className="mx-auto max-w-xl py-16">
      <h1 className="font-serif text-2xl font-medium">There is no such page</h1>
      <p className="mt-2 mb-6 text-quiet">
        The address may be mistyped, or it belongs to an organisation you are not a member of.
      </p>
      <ButtonLink href="/start">Go to your start page</ButtonLink>
    </div>
  );
}
