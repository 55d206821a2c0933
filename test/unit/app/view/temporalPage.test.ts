import { describe, expect, it } from 'vitest';
import { snapshotJson } from '../../../../src/app/view/snapshotJson';
import { temporalPage } from '../../../../src/app/view/temporalPage';
import { worktreeView } from '../../../../src/app/view/worktreeView';
import { wayText } from '../../../../src/app/view/wayOut';
import type { Environment, Snapshot } from '../../../../src/core/model';
import type { TemporalNews } from '../../../../src/core/temporalNews';
import { temporalWords } from '../../../../src/core/temporal/temporalWords';
import { environmentView } from '../../../../src/ui/dashboard/environmentView';
import { statusText } from '../../../../src/ui/status/statusText';
import { toItem } from '../../../../src/ui/tree/item';
import { toTree } from '../../../../src/ui/tree/nodes';
import { anEntry, anEnvironment, aSnapshot, soonAfter } from '../../ui/builders';

const page = 'http://127.0.0.1:8233/namespaces/worktree-feature/workflows';
const told: TemporalNews = { state: 'told', running: 2, failed: 1, page };
const lost: TemporalNews = { state: 'missing', why: 'its namespace worktree-feature is not in Temporal at x:7233' };
const away: TemporalNews = { state: 'away', why: 'Temporal does not answer at x:7233' };

function having(temporal: TemporalNews, change: Partial<Environment> = {}) {
  const part = { part: 'temporalNamespace', title: 'Temporal', name: 'worktree-feature', ...temporalWords(temporal) };
  const entry = anEntry({ environment: anEnvironment({ temporal, parts: [part], ...change }) });
  const snapshot = aSnapshot({ entries: [entry] });
  const row = (id: string) => {
    const node = toTree(snapshot, [], [], { now: soonAfter }).nodes.get(id);
    if (!node) throw new Error(`no row ${id}`);
    return toItem(node);
  };
  const path = entry.worktree.path;
  return {
    ...{ entry, snapshot, view: worktreeView(entry, snapshot) },
    worktree: row(`worktree:${path}`),
    part: row(`worktree:${path}#temporalNamespace`),
    dashboard: environmentView(snapshot, path).parts,
    json: environmentJson(snapshot),
  };
}

function environmentJson(snapshot: Snapshot): unknown {
  return (snapshotJson(snapshot) as { worktrees: { environment: { temporal: unknown } }[] }).worktrees[0]?.environment
    .temporal;
}

describe('workflows of an environment', () => {
  it('are told in its rows, the dashboard, the status and JSON, with the page', () => {
    const { entry, snapshot, view, worktree, part, dashboard, json } = having(told);
    expect(view).toMatchObject({ state: 'healthy', marks: ['1 workflow failed'] });
    expect(worktree.description).toContain('1 workflow failed');
    expect(worktree.accessibleName).toContain('1 workflow failed');
    expect(part).toMatchObject({
      ...{ label: 'worktree-feature', description: '2 workflows running, 1 failed · temporal' },
      ...{ contextValue: 'temporalNamespace;page;' },
      accessibleName: 'Temporal worktree-feature, 2 workflows running, 1 failed',
      icon: { name: 'server-process' },
    });
    expect(dashboard).toEqual([{ text: 'Temporal: 2 workflows running, 1 failed', url: page }]);
    expect(statusText(snapshot, entry)).toMatch(/Temporal +worktree-feature, 2 workflows running, 1 failed\n +http:/);
    expect(json).toEqual({ state: 'told', running: 2, failed: 1, page, why: null });
    expect(temporalPage(entry)).toBe(page);
  });

  it('that nobody made room for make an environment wait, which is no green one', () => {
    const { entry, view, worktree, part, dashboard, json } = having(lost);
    expect(view).toMatchObject({ state: 'waiting', words: 'waiting', tone: 'busy' });
    expect(view.why).toBe('Its namespace worktree-feature is not in Temporal at x:7233.');
    expect(view.way && wayText(view.way, 'window')).toBe('"Update Environment" registers it.');
    expect([worktree.icon.name, part.icon.name]).toEqual(['watch', 'watch']);
    expect(dashboard).toEqual([{ text: `Temporal: ${lost.why}`, url: '' }]);
    expect(json).toEqual({ state: 'missing', running: null, failed: null, page: null, why: lost.why });
    expect(() => temporalPage(entry)).toThrow('Its namespace worktree-feature is not in Temporal at x:7233.');
  });

  it('whose server is away are no zero', () => {
    const { view, part, json } = having(away);
    expect(view).toMatchObject({ state: 'waiting', why: 'Temporal does not answer at x:7233.', way: undefined });
    expect(part.description).toBe('Temporal does not answer at x:7233 · temporal');
    expect(json).toMatchObject({ state: 'away', running: null, failed: null });
  });

  it('that cannot be asked for leave the environment as it is, which a trouble of its services does in any case', () => {
    const untold: TemporalNews = { state: 'untold', why: 'nobody tells' };
    expect(having(untold).view).toMatchObject({ state: 'healthy', marks: [] });
    expect(() => temporalPage(having(untold).entry)).toThrow('Nobody tells.');
    expect(having(lost, { health: 'degraded' }).view.state).toBe('degraded');
    expect(having(lost, { health: 'asleep' }).view.state).toBe('asleep');
  });

  it('have no page where there is no namespace', () => {
    expect(() => temporalPage(anEntry())).toThrow('feature has no environment with a namespace in Temporal.');
    expect(environmentJson(aSnapshot({ entries: [anEntry()] }))).toBeNull();
  });
});
