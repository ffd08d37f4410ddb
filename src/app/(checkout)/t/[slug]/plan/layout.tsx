/** The portal's frame around the plan, which stands among the pages with Stripe because a change may need the bank's word. */
export { default, generateMetadata } from "../../../../(portal)/t/[slug]/layout";
