import { PageHeader } from "@/ui/page-header";

export { metadata } from "../../../(site)/not-found";

/** A page that is missing inside an organisation: its frame stays, so that one is not thrown out of it. */
export default function NotFoundHere() {
  return (
    <PageHeader title="There is no such page">
      The address may be mistyped, or what it names belongs to another organisation.
    </PageHeader>
  );
}
