/** The runtime of the web pages: the one of the process, under the name procedures and pages know. */
export { getRuntime } from "../context";
