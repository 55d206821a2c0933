import type { LocalProgram, UsedPlace } from '../usedTool';
import type { LocalRun } from '../usedTool';

/** What a tool's program is started with on this machine. */
export function localRun(
  { program, kind, helpers, isRoot }: LocalProgram,
  ports: Readonly<Record<string, number>>,
  { data, beside }: UsedPlace,
): LocalRun {
  return {
    ...{ program, kind, isRoot, data, beside },
    helper: (name) => helpers[name] ?? name,
    port: (name) => String(ports[name] ?? 0),
  };
}
