import type { EnvironmentFile } from '../../core/environmentFile';
import { quote, type Value } from './readYaml';
import { isMapping } from './values';

/** `copy`: paths and patterns, or a file with what stands for it. What has a wrong shape is passed over: the schema has told it. */
export function copiedFiles(
  value: Value | undefined,
  readPath: (value: Value | undefined, path: readonly string[]) => string | undefined,
  tellProblem: (path: readonly string[], message: string) => void,
): Pick<EnvironmentFile, 'copy' | 'examples'> {
  if (!Array.isArray(value)) return { copy: [] };
  const copy: string[] = [];
  const examples: Record<string, string> = {};
  for (const [index, item] of value.entries()) {
    const at = ['copy', String(index)];
    const path = isMapping(item) ? readPath(item['file'], [...at, 'file']) : readPath(item, at);
    if (path === undefined) continue;
    copy.push(path);
    // One that is made is called by the name that stands here.
    if (isMapping(item) && /[*?[\]{}]/.test(path))
      tellProblem([...at, 'file'], `must be the path of one file, no pattern, found ${quote(path)}`);
    const example = isMapping(item) ? readPath(item['example'], [...at, 'example']) : undefined;
    if (example !== undefined) examples[path] = example;
  }
  return { copy, ...(Object.keys(examples).length === 0 ? {} : { examples }) };
}
