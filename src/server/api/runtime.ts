/** The runtime of the web pages: the one of this copy of the program, under the name procedures and pages know. */
export { getRuntime } from "../context";
