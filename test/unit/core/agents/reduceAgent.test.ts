import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { AgentEvent, AgentNews } from '../../../../src/core/agents/agentEvent';
import { agentsOf, sessionsOf } from '../../../../src/core/agents/agentsOf';
import { eventsInOrder, type SessionState } from '../../../../src/core/agents/reduceAgent';

const begin = 1_000_000;
type Step = Omit<AgentNews, 'session'> & Partial<AgentEvent>;

/** What hooks have told, a second after each other. */
function told(steps: readonly Step[]): AgentEvent[] {
  return steps.map((step, index) => ({
    version: 1,
    session: 's',
    program: 'claude-code',
    at: begin + index * 1000,
    tick: index * 1000,
    machine: 'here',
    pid: 7,
    started: 'then',
    ...step,
  }));
}
/** As the process has it that was heard of last. */
const sessionOf = (...given: Parameters<typeof sessionsOf>): SessionState | undefined => sessionsOf(...given).at(-1);
const after = (...steps: Step[]) => sessionOf(told(steps));
const asks: Step = { kind: 'asks', wait: 'permission', asked: ['Bash 1'], said: 'Bash: ls' };

describe('the state of an agent', () => {
  it.each<[string, Step[], object]>([
    ['begins idle', [{ kind: 'start' }], { state: 'idle' }],
    ['works once it was asked', [{ kind: 'start' }, { kind: 'prompt' }], { state: 'working' }],
    ['is done when its turn is', [{ kind: 'prompt' }, { kind: 'stop', said: 'x' }], { state: 'done', said: 'x' }],
    ['stays done while nobody answers', [{ kind: 'stop' }, { kind: 'rests' }], { state: 'done' }],
    ['is idle where a person interrupted it', [{ kind: 'prompt' }, { kind: 'rests' }], { state: 'idle' }],
    ['waits for a permission', [{ kind: 'prompt' }, asks], { state: 'waiting', wait: 'permission', said: 'Bash: ls' }],
    ['waits for an answer', [{ ...asks, wait: 'question' }], { state: 'waiting', wait: 'question' }],
    ['waits with its plan', [{ ...asks, wait: 'plan' }], { state: 'waiting', wait: 'plan' }],
    [
      'waits where an error ended its turn',
      [{ kind: 'prompt' }, { kind: 'fail' }],
      { state: 'waiting', wait: 'error' },
    ],
    ['goes on once it was answered', [asks, { kind: 'used', asked: ['Bash 1'] }], { state: 'working' }],
    ['waits on where another tool ended', [asks, { kind: 'used', asked: ['Read 2'] }], { state: 'waiting' }],
    ['goes on where all that it asked for ended', [asks, { kind: 'used' }], { state: 'working' }],
    ['waits no more where it was interrupted', [asks, { kind: 'rests' }], { state: 'idle' }],
    ['works where helpers do behind its turn', [{ kind: 'stop', isBusy: true }], { state: 'working' }],
    ['is over when it says so', [{ kind: 'prompt' }, asks, { kind: 'end' }], { state: 'ended' }],
    ['is told by a Stop alone', [{ kind: 'stop' }], { state: 'done' }],
    ['begins again where it is resumed', [{ kind: 'end' }, { kind: 'start' }], { state: 'idle' }],
    ['stays over whatever comes late', [{ kind: 'end' }, { kind: 'stop' }], { state: 'ended' }],
    [
      'is asked twice by two hooks for one thing',
      [
        { ...asks, wait: 'plan' },
        { ...asks, wait: 'plan' },
        { kind: 'used', asked: ['Bash 1'] },
      ],
      { state: 'working' },
    ],
  ])('%s', (_, steps, state) => {
    expect(after(...steps)).toMatchObject(state);
  });

  it('is that of a session that goes on after its machine was started anew, whose process nobody knows', () => {
    const without = ({ pid: _, started: __, ...rest }: AgentEvent): AgentEvent => rest;
    const [one, two, three, four] = told([
      { kind: 'prompt' },
      { kind: 'end' },
      { kind: 'start' },
      { kind: 'prompt' },
    ]).map(without);
    if (!one || !two || !three || !four) throw new Error('four were told');
    const long = 5_000_000;
    const events = [{ ...one, tick: long }, { ...two, tick: long + 1000 }, three, four];
    expect(sessionOf(events)).toMatchObject({ state: 'working' });
    expect(sessionOf(events.map((event) => ({ ...event, pid: 7 })))).toMatchObject({ state: 'working' });
    // Of one start of the machine what was written late is still known to have been first.
    expect(sessionOf([four, three])).toMatchObject({ state: 'working' });
  });

  it('of helpers that ask needs a person once the person was told', () => {
    const helperAsks: Step = { ...asks, helper: 'h' };
    expect(after({ kind: 'prompt' }, helperAsks)).toMatchObject({ state: 'working' });
    const notified: Step = { kind: 'notified', wait: 'permission' };
    expect(after({ kind: 'prompt' }, helperAsks, notified)).toMatchObject({ state: 'waiting', wait: 'permission' });
    const other: Step = { kind: 'used', helper: 'other' };
    expect(after({ kind: 'prompt' }, helperAsks, notified, other)).toMatchObject({ state: 'waiting' });
    const ended: Step = { kind: 'helperEnded', helper: 'h' };
    expect(after({ kind: 'prompt' }, helperAsks, notified, ended)).toMatchObject({ state: 'working' });
    expect(after({ kind: 'prompt' }, { kind: 'stop', helper: 'h' })).toMatchObject({ state: 'working' });
    const behind: Step = { kind: 'stop', isBusy: true };
    expect(after({ kind: 'prompt' }, helperAsks, notified, behind)).toMatchObject({ state: 'waiting' });
    expect(after({ kind: 'prompt' }, helperAsks, behind, notified)).toMatchObject({ state: 'waiting' });
    expect(after({ kind: 'prompt' }, asks, notified, behind)).toMatchObject({ state: 'working' });
    expect(after({ kind: 'prompt' }, helperAsks, asks, notified, behind, ended)).toMatchObject({ state: 'working' });
    expect(after({ kind: 'prompt' }, helperAsks, notified, { kind: 'stop' })).toMatchObject({ state: 'done' });
  });

  it('works on where helpers do behind its turn, though nobody has answered for a while', () => {
    const behind: Step = { kind: 'stop', isBusy: true };
    expect(after({ kind: 'prompt' }, behind, { kind: 'rests' })).toMatchObject({ state: 'working', isBehind: true });
    const asked: Step[] = [
      { kind: 'prompt' },
      behind,
      { ...asks, helper: 'h' },
      { kind: 'notified', wait: 'permission' },
    ];
    expect(after(...asked, { kind: 'rests' })).toMatchObject({ state: 'waiting', wait: 'permission' });
    expect(after({ kind: 'prompt' }, behind, { kind: 'stop' }, { kind: 'rests' })).toMatchObject({ state: 'done' });
  });

  it('began when it changed, not when it was last heard of', () => {
    expect(after({ kind: 'prompt' }, { kind: 'used' }, { kind: 'used' })).toMatchObject({ since: begin });
    const twice = after({ kind: 'prompt' }, asks, { kind: 'notified', wait: 'permission' });
    expect(twice).toMatchObject({ state: 'waiting', since: begin + 1000 });
  });

  it('is by what happened last, whichever hook wrote last, and whatever the clock says', () => {
    const [prompt, ask, stop] = told([{ kind: 'prompt' }, asks, { kind: 'stop', at: begin - 1e9 }]);
    if (!prompt || !ask || !stop) throw new Error('three');
    expect(sessionOf([prompt, stop, ask])).toMatchObject({ state: 'done' });
    expect(sessionOf([stop, ask, prompt])).toMatchObject({ state: 'done' });
  });

  it('is of the process that writes now, where another had the session before', () => {
    const resumed: Step = { kind: 'start', pid: 8, started: 'later', tick: 3 };
    const state = after({ kind: 'prompt', tick: 5_000_000 }, resumed, {
      kind: 'prompt',
      pid: 8,
      started: 'later',
      tick: 4,
    });
    expect(state).toMatchObject({ state: 'working', pid: 8, started: 'later' });
  });
});

describe('the agents of a worktree', () => {
  const session = (name: string, steps: readonly Step[], more: Partial<AgentEvent> = {}) => {
    const state = sessionOf(told(steps.map((step) => ({ ...step, session: name, ...more }))));
    if (!state) throw new Error('no events');
    return state;
  };
  const now = begin + 60_000;

  it('that wait come first; one that has ended is none', () => {
    const sessions = [
      session('works', [{ kind: 'prompt' }], { pid: 1 }),
      session('waits', [asks], { pid: 2 }),
      session('over', [{ kind: 'end' }], { pid: 3 }),
    ];
    const states = agentsOf(sessions, () => true, now).map(({ session: name, state }) => [name, state]);
    expect(states).toEqual([
      ['waits', 'waiting'],
      ['works', 'working'],
    ]);
  });

  it('is gone where its process is, as long as nobody has followed it there', () => {
    const killed = session('killed', [{ kind: 'prompt' }], { pid: 1 });
    expect(agentsOf([killed], () => false, now)).toMatchObject([{ state: 'gone', since: begin }]);
    expect(agentsOf([killed], () => false, now + 24 * 3_600_000)).toEqual([]);
    // Where nobody can tell which processes live, what it said last holds for as long.
    expect(agentsOf([killed], () => undefined, now)).toMatchObject([{ state: 'working' }]);
    const next = session('next', [{ kind: 'start', at: begin + 5000 }], { pid: 2 });
    const both = agentsOf([killed, next], ({ session: name }) => name === 'next', now);
    expect(both.map(({ session: name }) => name)).toEqual(['next']);
  });

  it('that was killed beside another one is told of, until one begins after it', () => {
    const killed = session('killed', [{ kind: 'prompt', at: begin + 2000 }], { pid: 1 });
    const beside = session('beside', [{ kind: 'start' }, { kind: 'prompt', at: begin + 9000 }], { pid: 2 });
    const isAlive = ({ session: name }: { session: string }): boolean => name !== 'killed';
    expect(agentsOf([killed, beside], isAlive, now).map(({ state }) => state)).toEqual(['working', 'gone']);
    const later = session('later', [{ kind: 'start', at: begin + 3000 }], { pid: 3 });
    expect(agentsOf([killed, later], isAlive, now).map(({ state }) => state)).toEqual(['idle']);
    // Of a journal whose beginning nobody has read, nobody knows that it began later.
    const cut = sessionOf(told([{ kind: 'prompt', at: begin + 9000, session: 'cut' }]), false);
    expect(agentsOf([killed, ...(cut ? [cut] : [])], isAlive, now)).toHaveLength(2);
  });

  it('are all that work or wait, where a process has many at a time', () => {
    const ofServer = { program: 'opencode', pid: 5 } as const;
    const waits = session('waits', [asks], ofServer);
    const rests = session('rests', [{ kind: 'stop' }], ofServer);
    const beside = session('beside', [{ kind: 'start' }, { kind: 'stop' }], ofServer);
    const later = session('later', [{ kind: 'start', tick: 5000 }], ofServer);
    const names = (...all: Parameters<typeof agentsOf>[0][]): string[][] =>
      all.map((each) =>
        agentsOf(each, () => true, now)
          .map(({ session: name }) => name)
          .sort(),
      );
    expect(names([waits, later], [rests, later], [rests, beside])).toEqual([
      ['later', 'waits'],
      ['later'],
      ['beside', 'rests'],
    ]);
  });

  it('waits for nobody in front of whom nobody sits, unless it does so for a while', () => {
    const unattended = session('print', [{ kind: 'prompt' }, { ...asks, isUnattended: true }]);
    const asked = begin + 1000;
    const state = (at: number): string | undefined => agentsOf([unattended], () => true, at)[0]?.state;
    expect([state(asked), state(asked + 1900), state(asked + 2000)]).toEqual(['working', 'working', 'waiting']);
    const told = session('told', [
      { ...asks, isUnattended: true },
      { kind: 'notified', wait: 'permission' },
    ]);
    expect(agentsOf([told], () => true, asked)).toMatchObject([{ state: 'waiting', wait: 'permission' }]);
    const both = session('both', [asks, { ...asks, asked: ['Edit 2'], isUnattended: true }]);
    expect(agentsOf([both], () => true, asked)).toMatchObject([{ state: 'waiting' }]);
  });

  describe('of one session that two processes have', () => {
    const first = { pid: 1, started: 'one' };
    const second = { pid: 2, started: 'two' };
    const states = (steps: readonly Step[], ...alive: number[]): string[] =>
      agentsOf(sessionsOf(told(steps)), ({ pid = 0 }) => alive.includes(pid), now).map(({ state, process }) =>
        [process?.pid, state].join(' '),
      );
    const both: Step[] = [
      { kind: 'prompt', ...first },
      { ...asks, ...first },
      { kind: 'start', ...second },
      { kind: 'prompt', ...second },
    ];

    it('are two, each with what it does and waits for', () => {
      expect(states(both, 1, 2)).toEqual(['1 waiting', '2 working']);
      expect(states([...both, { kind: 'used', ...first }, { kind: 'stop', ...second }], 1, 2)).toEqual([
        '2 done',
        '1 working',
      ]);
    });

    it('are the one that lives, whichever has ended or was killed', () => {
      expect(states([...both, { kind: 'end', ...second }], 1)).toEqual(['1 waiting']);
      expect(states(both, 1)).toEqual(['1 waiting']);
      expect(states(both, 2)).toEqual(['2 working']);
      expect(states([...both, { kind: 'end', ...first }], 2)).toEqual(['2 working']);
    });

    it('are the last one where none lives, or nobody can tell', () => {
      expect(states(both)).toEqual(['2 gone']);
      expect(states([...both, { kind: 'end', ...second }])).toEqual([]);
      const untold = agentsOf(sessionsOf(told(both)), () => undefined, now);
      expect(untold.map(({ state, process }) => [process?.pid, state])).toEqual([[2, 'working']]);
    });
  });

  it('a process has one of them, whose predecessor did not say that it ended', () => {
    const before = session('before', [asks]);
    const cleared = session('cleared', [{ kind: 'start', tick: 99 }]);
    expect(agentsOf([before, cleared], () => true, now).map(({ session: name }) => name)).toEqual(['cleared']);
  });

  it('that lives is told of however long nothing was heard', () => {
    const old = session('old', [{ kind: 'stop' }]);
    expect(agentsOf([old], () => true, now + 30 * 24 * 3_600_000)).toMatchObject([{ state: 'done' }]);
  });
});

const kinds: Step[] = [
  { kind: 'start' },
  { kind: 'prompt' },
  asks,
  { ...asks, helper: 'h' },
  { ...asks, asked: ['Edit 2'], wait: 'plan' },
  { kind: 'notified', wait: 'permission' },
  { kind: 'answered' },
  { kind: 'used' },
  { kind: 'used', asked: ['Bash 1'] },
  { kind: 'used', helper: 'h' },
  { kind: 'stop' },
  { kind: 'stop', isBusy: true },
  { kind: 'fail' },
  { kind: 'rests' },
  { kind: 'helperEnded', helper: 'h' },
  { kind: 'end' },
];
const steps = fc.array(fc.constantFrom(...kinds), { maxLength: 30 });

test('after whatever came before, lost, late or twice, what a session says of itself is its state', () => {
  const sayings: [Step, string][] = [
    [{ kind: 'start' }, 'idle'],
    [{ kind: 'prompt' }, 'working'],
    [{ kind: 'stop' }, 'done'],
    [{ kind: 'fail' }, 'waiting'],
    [{ kind: 'end' }, 'ended'],
  ];
  const skew = fc.array(fc.integer({ min: -1e9, max: 1e9 }), { minLength: 31, maxLength: 31 });
  fc.assert(
    fc.property(steps, fc.constantFrom(...sayings), skew, fc.boolean(), (before, [last, state], clock, isLate) => {
      const isEnded = sessionOf(told(before))?.state === 'ended';
      fc.pre(!isEnded || last.kind === 'start' || last.kind === 'prompt' || last.kind === 'end');
      const events = told([...before, last]).map((event, index) => ({ ...event, at: begin + (clock[index] ?? 0) }));
      // The last one to happen may be the first one to be written.
      const written = isLate ? [...events.slice(-1), ...events.slice(0, -1)] : events;
      expect(sessionOf(written)?.state).toBe(state);
    }),
    { numRuns: 500 },
  );
});

test('in whichever order hooks of one process write, and however often, the state is the same', () => {
  const shuffled = steps.chain((list) =>
    fc.tuple(fc.constant(told(list)), fc.shuffledSubarray(told(list), { minLength: list.length })),
  );
  fc.assert(
    fc.property(shuffled, ([events, written]) => {
      expect(eventsInOrder(written)).toEqual(events);
      expect(sessionOf(written)).toEqual(sessionOf(events));
    }),
    { numRuns: 300 },
  );
});

test('whoever waits waits for something, and nobody else does', () => {
  fc.assert(
    fc.property(steps, (list) => {
      const state = sessionOf(told(list));
      if (state) expect(state.wait !== undefined).toBe(state.state === 'waiting');
    }),
    { numRuns: 500 },
  );
});
