import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..', '..');

/** What a script imports by the time that its first line runs, from itself and from what it imports. */
function packagesOf(script: string, seen = new Set<string>()): string[] {
  if (seen.has(script)) return [];
  seen.add(script);
  const text = readFileSync(script, 'utf8');
  const imports = [...text.matchAll(/^(?:import|export)\b[^;]*?from '([^']+)';|^import '([^']+)';/gm)];
  return imports.flatMap(([, named = '', bare = '']) => {
    const name = named || bare;
    if (name.startsWith('.')) return packagesOf(join(dirname(script), name), seen);
    return name.startsWith('node:') ? [] : [`${script.slice(root.length + 1)}: ${name}`];
  });
}

describe('a script that installs the dependencies itself', () => {
  it.each(['scripts/start.mjs', 'scripts/test.mjs', 'scripts/testCluster.mjs', 'scripts/bench.mjs'])(
    '%s needs none of them to begin',
    (script) => expect(packagesOf(join(root, script))).toEqual([]),
  );
});
