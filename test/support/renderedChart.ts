import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { afterAll, expect } from 'vitest';
import { valuesText } from '../../src/adapters/helm/valuesText';
import type { WorktreeValues } from '../../src/core/ports/releases';
import { chart, helmPath } from './helm';

const folder = mkdtempSync(join(tmpdir(), 'coppice-chart-'));
afterAll(() => rmSync(folder, { recursive: true }));

export interface Rendered {
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

/** A file with the values. */
export function writeValues(values: WorktreeValues): string {
  const file = join(folder, 'values.json');
  writeFileSync(file, valuesText(values));
  return file;
}

/** What Helm makes of the worktree's chart, by kind and name. */
export function renderChart(values: WorktreeValues, namespace = 'worktree-one'): Map<string, Rendered> {
  const text = execFileSync(
    helmPath,
    ['template', 'one', chart, '--namespace', namespace, '--values', writeValues(values)],
    { encoding: 'utf8', stdio: 'pipe' },
  );
  const documents = parseAllDocuments(text).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS() as Rendered | null;
  });
  const objects = documents.filter((object) => object !== null);
  return new Map(objects.map((object) => [`${object.kind}/${object.metadata.name}`, object]));
}
