/** A page that is missing inside an organisation: its frame stays, so that one is not thrown out of it. */
export { default, metadata } from "../../../(site)/not-found";
