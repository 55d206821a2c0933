import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstView, isToHost, isToPage, limits, pageStateOf } from '../../../webview/protocol';
import { aSample, anEnvironmentView, panels, samples } from './environment';

const toPage = [
  { type: 'environment', environment: anEnvironmentView() },
  panels(),
  panels({
    source: 'grafana',
    frames: [{ panel: 'cpu', title: 'CPU', url: 'http://127.0.0.1:3000/d-solo/x' }],
    links: [{ title: 'Grafana', url: 'http://127.0.0.1:3000/d/x' }],
    notice: { title: 'Away', text: 'It is away.', fixes: [{ fix: 'check', title: 'Check Again' }] },
  }),
  samples(aSample(1), aSample(2, { cpuCores: null, memoryBytes: null, requests: null })),
  {
    type: 'events',
    events: [{ id: '1', at: 1, type: 'Warning', reason: 'BackOff', object: 'Pod/x', message: 'm', count: 2 }],
  },
  { type: 'lines', isAnew: true, lines: [{ service: 'backend', text: 'a line' }] },
  { type: 'feed', failure: '' },
  {
    type: 'comparison',
    with: { worktree: '/repo', environment: { name: 'main', namespace: 'worktree-main', state: 'healthy', note: '' } },
  },
  { type: 'commits', marks: [{ at: 1, kind: 'commit', service: '', text: 'Commit 1a2b3c4 x' }] },
  { type: 'comparison', with: null },
  { type: 'compared', worktree: '/repo', news: { type: 'past', samples: [aSample(1)], marks: [] } },
  { type: 'compared', worktree: '/repo', news: { type: 'feed', failure: 'away' } },
  { type: 'visible', isVisible: false },
] as const;
const toHost = [
  { type: 'ready' },
  { type: 'choose', view: firstView },
  { type: 'fix', fix: 'check' },
  { type: 'showLogs', service: 'backend' },
  { type: 'compare' },
  { type: 'endComparison' },
] as const;

/** Every object within a value, itself included. */
function objectsIn(value: unknown): Record<string, unknown>[] {
  if (Array.isArray(value)) return value.flatMap(objectsIn);
  if (typeof value !== 'object' || value === null) return [];
  return [value as Record<string, unknown>, ...Object.values(value).flatMap(objectsIn)];
}

describe.each([
  { side: 'the page', all: toPage, isKnown: isToPage, others: toHost },
  { side: 'the extension', all: toHost, isKnown: isToHost, others: toPage },
])('what is said to $side', ({ all, isKnown, others }) => {
  it('is taken when the protocol knows it, also after it went through JSON', () => {
    for (const message of all) expect(isKnown(JSON.parse(JSON.stringify(message))), JSON.stringify(message)).toBe(true);
  });

  it('is refused when it is meant for the other side', () => {
    for (const message of others) expect(isKnown(message)).toBe(false);
  });

  it('is refused with a field too many, too few, or of another type, however deep', () => {
    let tried = 0;
    for (const message of all) {
      const count = objectsIn(structuredClone(message)).length;
      for (let index = 0; index < count; index++) {
        const changed = (change: (object: Record<string, unknown>) => void): unknown => {
          const copy = structuredClone(message);
          const object = objectsIn(copy)[index];
          if (object) change(object);
          return copy;
        };
        expect(isKnown(changed((object) => (object['extra'] = 1)))).toBe(false);
        for (const key of Object.keys(objectsIn(message)[index] ?? {})) {
          expect(isKnown(changed((object) => delete object[key])), key).toBe(false);
          expect(isKnown(changed((object) => (object[key] = Symbol.iterator))), key).toBe(false);
          tried++;
        }
      }
    }
    expect(tried).toBeGreaterThanOrEqual(all.length);
  });

  it('is refused when it is anything else', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(isKnown(value)).toBe(false);
      }),
    );
  });
});

describe('the protocol', () => {
  it('takes no address that is no http or https address', () => {
    for (const url of [
      'javascript:alert(1)',
      'command:x',
      'data:text/html,x',
      'file:///etc/passwd',
      ' http://x',
      'vscode://x',
    ])
      expect(isToPage(panels({ links: [{ title: 'x', url }] })), url).toBe(false);
  });

  it('takes no more than it has said, and no number that is none', () => {
    const line = { service: 'a', text: 'x'.repeat(limits.line + 1) };
    expect(isToPage({ type: 'lines', isAnew: false, lines: [line] })).toBe(false);
    const many = Array.from({ length: limits.lines + 1 }, () => ({ service: 'a', text: 'x' }));
    expect(isToPage({ type: 'lines', isAnew: false, lines: many })).toBe(false);
    expect(isToPage(samples(aSample(Number.NaN)))).toBe(false);
  });

  it('knows the state that the page leaves with the editor, and that of a version that compared nothing', () => {
    const first = { version: '1', worktree: '/repo', view: firstView, scroll: 0 };
    const state = { ...first, version: '2', comparedWith: '/repo.worktrees/feature' };
    expect(pageStateOf(state)).toEqual(state);
    expect(pageStateOf(first)).toEqual({ ...state, comparedWith: '' });
    for (const other of [
      undefined,
      {},
      { ...first, version: '2' },
      { ...state, version: '3' },
      { ...state, view: { ...firstView, range: '2y' } },
    ])
      expect(pageStateOf(other)).toBeUndefined();
  });
});
