export { default } from "../../../../(portal)/t/[slug]/loading";
