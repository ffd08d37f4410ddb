export { default, generateMetadata } from "./pricing/page";
