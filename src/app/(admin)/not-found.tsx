export { LoneNotFound as default } from "../_components/lone-page";
export { metadata } from "../(site)/not-found";
