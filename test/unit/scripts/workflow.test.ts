import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

interface Step {
  readonly uses?: string;
  readonly run?: string;
}
interface Workflow {
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<
    Record<string, { readonly steps: readonly Step[]; readonly strategy: { readonly matrix: object } }>
  >;
}

const root = join(import.meta.dirname, '..', '..', '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const workflow = parse(read('.github/workflows/ci.yml')) as Workflow;
const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);
const scripts = (JSON.parse(read('package.json')) as { readonly scripts: object }).scripts;

describe('the workflow of GitHub', () => {
  it('names every action by its commit: a tag can be moved', () => {
    const actions = steps.flatMap(({ uses }) => uses ?? []);
    expect(actions).not.toEqual([]);
    expect(actions.filter((action) => !/^[\w./-]+@[0-9a-f]{40}$/.test(action))).toEqual([]);
  });

  it('may read the repository, and nothing else', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' });
  });

  it('calls only scripts and stages that there are', () => {
    const called = steps.flatMap(({ run = '' }) => [...run.matchAll(/npm (?:run )?([\w:]+)/g)].map(([, name]) => name));
    expect(called).toContain('test');
    expect(called.filter((name) => name !== 'ci' && !Object.hasOwn(scripts, name ?? ''))).toEqual([]);
    const [, ...stages] = JSON.stringify(workflow.jobs['test']?.strategy.matrix).split('"stages":"');
    const named = stages.flatMap(
      (text) =>
        text
          .slice(0, text.search(/(?<!\\)"/))
          .replace('--all', '')
          .match(/\w+(?: of the \w+)?/g) ?? [],
    );
    const known = [...read('scripts/test.mjs').matchAll(/name: '([^']+)'/g)].map(([, name]) => name);
    expect(named).toContain('contract');
    expect(named.filter((name) => !known.includes(name))).toEqual([]);
  });
});
