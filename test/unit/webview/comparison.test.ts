import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MarkView, ToPage } from '../../../webview/protocol';
import { chartData, comparedData, latestOf } from '../../../webview/series';
import { aDocument, aPage, aSample, anEnvironmentView, panels, samples } from './environment';

const at = Date.UTC(2026, 0, 1, 15, 30);
const other = '/repo.worktrees/other';
const note = '';

let dom: { dispose(): void };
beforeEach(() => void (dom = aDocument()));
afterEach(() => dom.dispose());

const begin = (namespace = 'worktree-other', worktree = other): ToPage => ({
  type: 'comparison',
  with: { worktree, environment: { name: 'other', namespace, state: 'healthy 1/1', note } },
});
const past = (all: ReturnType<typeof aSample>[], marks: readonly MarkView[] = [], worktree = other): ToPage => ({
  type: 'compared',
  worktree,
  news: { type: 'past', samples: all, marks },
});
const restart = (text: string, when: number) => ({ at: when, kind: 'restart', service: 'backend', text }) as const;

function aComparedPage() {
  const world = aPage();
  world.tell(
    { type: 'environment', environment: anEnvironmentView({ name: 'feature' }) },
    panels(),
    samples(aSample(at - 5000), aSample(at)),
  );
  const legend = (chart: string): string[] =>
    [...document.querySelectorAll(`[data-panel="${chart}"] .latest > :not([hidden])`)].map(
      (one) => one.textContent ?? '',
    );
  const buttons = (): string[] =>
    [...document.querySelectorAll<HTMLElement>('header vscode-button')]
      .filter((button) => !button.hidden)
      .map((button) => button.textContent ?? '');
  return { ...world, legend, buttons };
}

describe('two environments on one chart', () => {
  it('are drawn over the times of both, told apart by name and side, and each line is whole where the other has a time', () => {
    const one = chartData('cpu', [aSample(1000), aSample(6000)], '15m', '');
    const two = chartData('cpu', [aSample(3000, { cpuCores: 0.5 }), aSample(8000, { cpuCores: null })], '15m', '');
    const { times, lines } = comparedData(one, two, ['feature', 'other']);
    expect(times).toEqual([1, 3, 6, 8]);
    expect(lines.map(({ of, values }) => [of?.name, of?.isOther, ...values])).toEqual([
      ['feature', false, 0.25, undefined, 0.25, undefined],
      // Nothing is known of it then, which is no time of the other.
      ['other', true, undefined, 0.5, undefined, null],
    ]);
    expect(lines.map(latestOf)).toEqual([0.25, null]);
    expect(new Set(lines.map(({ colour }) => colour)).size).toBe(2);
  });

  it('keep their colours apart, however many lines each has', () => {
    const many = (count: number) => ({
      times: [1],
      lines: Array.from({ length: count }, (_, index) => ({ label: `s${index}`, values: [index] })),
    });
    const { lines } = comparedData(many(5), many(4), ['a', 'b']);
    const of = (isOther: boolean) =>
      new Set(lines.filter(({ of }) => of?.isOther === isOther).map(({ colour }) => colour));
    expect([...of(false)].filter((colour) => of(true).has(colour))).toEqual([]);
    // Nor do two lines of one look alike, as far as that goes: by the pattern alone it is known whose each is.
    const looks = lines.map(({ colour, pattern }) => `${colour} ${pattern}`);
    expect(new Set(looks).size).toBe(9);
    expect(new Set(lines.filter(({ of }) => of?.isOther).map(({ pattern }) => pattern))).toEqual(
      new Set(['dots', 'dash-dot']),
    );
  });
});

describe('a comparison', () => {
  it('is offered in the header, named with how the other is, and ended by one button', () => {
    const { tell, find, posted, buttons } = aComparedPage();
    expect(buttons()).toEqual(['Compare With…']);
    find('.title vscode-button').click();
    expect(posted).toEqual([{ type: 'compare' }]);
    tell(begin());
    expect(find('.comparison').textContent).toContain('Compared with other · worktree-other · healthy 1/1');
    expect(buttons()).toEqual(['Compare With…', 'End Comparison']);
    find('.comparison vscode-button').click();
    expect(posted.at(-1)).toEqual({ type: 'endComparison' });
    expect(document.activeElement?.textContent).toBe('Compare With…');
    tell({ type: 'comparison', with: null });
    expect(buttons()).toEqual(['Compare With…']);
    expect(find('.comparison [role="status"]').textContent).toBe('');
    tell({ type: 'environment', environment: anEnvironmentView({ namespace: '' }) });
    expect(buttons()).toEqual([]);
  });

  it('has the lines of both on each chart, a legend for each under its name, and both in the table', () => {
    const { tell, drawn, legend, find, page } = aComparedPage();
    expect(legend('cpu')).toEqual(['backend25 %']);
    tell(begin());
    // Nothing is known of it yet: said, not left out.
    expect(legend('cpu')).toEqual(['feature', 'backend25 %', 'other: no figures']);
    drawn.length = 0;
    tell(past([aSample(at - 60_000, { cpuCores: 0.9 }), aSample(at - 45_000, { cpuCores: 0.8 })]));
    expect(legend('cpu')).toEqual(['feature', 'backend25 %', 'other', 'backend80 %']);
    expect(drawn).toHaveLength(6);
    for (const { lines } of drawn)
      expect(new Set(lines.map(({ of }) => of?.name))).toEqual(new Set(['feature', 'other']));
    const table = find('[data-panel="cpu"] details');
    table.setAttribute('open', '');
    tell(samples(aSample(at + 5000)));
    const cells = [...table.querySelectorAll('tr')].map((row) => [...row.children].map((cell) => cell.textContent));
    expect(cells[0]).toEqual(['From', 'backend · feature', 'backend · other']);
    expect(cells.slice(1).map((row) => row.slice(1))).toEqual(
      expect.arrayContaining([
        ['25 %', '–'],
        ['–', '90 %'],
      ]),
    );
    expect(page.comparedWith).toBe(other);
    tell({ type: 'comparison', with: null });
    expect(legend('cpu')).toEqual(['backend25 %']);
    expect(page.comparedWith).toBe('');
  });

  it('goes over the same time for both, also where one has told nothing for long', () => {
    const { tell, drawn } = aComparedPage();
    tell(begin());
    drawn.length = 0;
    tell(past([aSample(at - 60 * 60_000), aSample(at + 10 * 60_000)]));
    for (const { times } of drawn) expect(times.every((time) => time * 1000 >= at - 5 * 60_000)).toBe(true);
  });

  it('tells the changes of both, those of the other by its name', () => {
    const { tell } = aComparedPage();
    tell({ type: 'past', samples: [], marks: [restart('backend restarted', at - 30_000)] }, begin());
    tell(past([], [restart('backend restarted', at - 30_000)]));
    const changes = () =>
      [...document.querySelectorAll('[data-panel="changes"] .message')].map(({ textContent }) => textContent);
    expect(changes()).toEqual(['other: backend restarted', 'backend restarted']);
    expect(document.querySelectorAll('[data-panel="changes"] .mark.other')).toHaveLength(1);
    tell({ type: 'comparison', with: null });
    expect(changes()).toEqual(['backend restarted']);
  });

  it('takes no news of one that is not compared, and forgets what it knew of one when another is chosen', () => {
    const { tell, legend } = aComparedPage();
    tell(past([aSample(at)]), begin());
    expect(legend('cpu')).toContain('other: no figures');
    tell(past([aSample(at)], [], '/somewhere'));
    expect(legend('cpu')).toContain('other: no figures');
    tell(past([aSample(at)]));
    expect(legend('cpu')).not.toContain('other: no figures');
    // The same worktree with an environment made anew.
    tell(begin('worktree-other-2'));
    expect(legend('cpu')).toContain('other: no figures');
  });

  it('says why nothing new comes of the other', () => {
    const { tell, find } = aComparedPage();
    tell(begin(), { type: 'compared', worktree: other, news: { type: 'feed', failure: 'the cluster is offline' } });
    expect(find('.comparison').textContent).toContain('the cluster is offline');
  });
});
