import { notFound } from "next/navigation";

/** Addresses the console does not have: what says so stays inside its frame. */
export default function Unknown(): never {
  notFound();
}
