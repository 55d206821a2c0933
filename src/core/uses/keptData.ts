import type { UsesRecord } from '../model';
import { isUsedTool, usedTools } from './usedTools';
import { usedTitle } from './usedTitle';

/** Titles of what an environment uses, or used, whose data a delete would lose, as far as the record tells that. */
export function keptData({ services }: UsesRecord): readonly string[] {
  return Object.entries(services).flatMap(([service, { tool, former = [], isGone, isKept }]) =>
    [...(isGone && isKept === false ? [] : [tool]), ...former]
      // A newer version knows more of them.
      .filter((each) => !isUsedTool(each) || usedTools[each].isWritten !== undefined)
      .map((each) => usedTitle(service, each)),
  );
}
