/**
 * The order of the suites: the lives of the lifecycle first, which take a minute or two each. Begun last, one process would
 * still live them while the other has nothing left to do.
 */
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Vitest's own order, with the long suites ahead. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => moduleId.includes("/src/testing/lifecycle/");
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}
