import { expect, it } from 'vitest';
import type { AgentEvent, AgentNews } from '../../../../src/core/agents/agentEvent';
import { sessionsOf } from '../../../../src/core/agents/agentsOf';
import type { SessionState } from '../../../../src/core/agents/reduceAgent';
import { withWord, type SessionWord } from '../../../../src/core/agents/sessionWord';

const begin = 1_000_000;
const now = begin + 60_000;
type Step = Omit<AgentNews, 'session'>;
const prompt: Step = { kind: 'prompt' };
const asks: Step = { kind: 'asks', wait: 'permission', asked: ['Bash 1'] };

/** Its events came a second after each other. */
function after(...steps: readonly Step[]): SessionState {
  const events = steps.map((step, index): AgentEvent => {
    const from = { version: 1, program: 'claude-code', session: 's', machine: 'here', pid: 7 } as const;
    return { ...from, ...step, at: begin + index * 1000, tick: index * 1000 };
  });
  const [state] = sessionsOf(events);
  if (!state) throw new Error('no events');
  return state;
}
const said = (activity: SessionWord['activity'], seconds: number): SessionWord => ({
  activity,
  since: begin + seconds * 1000,
});
const stateOf = (session: SessionState, word: SessionWord): object => {
  const { state, wait, since } = withWord(session, word, now);
  return { state, wait, since: (since - begin) / 1000 };
};

it('goes on where a permission was given, long before what it was given for has ended', () => {
  const session = after(prompt, asks);
  expect(stateOf(session, said('busy', 9))).toEqual({ state: 'working', wait: undefined, since: 9 });
  // What it asked for is asked again: the wait is the same one as ever.
  expect(stateOf(session, said('waiting', 9))).toEqual({ state: 'waiting', wait: 'permission', since: 1 });
  // The word is of before it was asked for.
  expect(stateOf(session, said('busy', 1))).toEqual({ state: 'waiting', wait: 'permission', since: 1 });
});

it('waits with what it asked for after that', () => {
  expect(stateOf(after(prompt, asks, { ...asks, asked: ['Edit 2'] }), said('busy', 1.5))).toMatchObject({
    state: 'waiting',
  });
  const notified: Step = { kind: 'notified', wait: 'permission' };
  expect(stateOf(after(prompt, asks, notified), said('busy', 1.5))).toMatchObject({ state: 'waiting' });
  // Another tool that ended meanwhile asked for nothing.
  const other: Step = { kind: 'used', asked: ['Read 2'] };
  expect(stateOf(after(prompt, asks, other), said('busy', 1.5))).toMatchObject({ state: 'working' });
});

it('is idle where a person has refused, or has stopped its turn', () => {
  expect(stateOf(after(prompt, asks), said('idle', 9))).toEqual({ state: 'idle', wait: undefined, since: 9 });
  expect(stateOf(after(prompt), said('idle', 9))).toEqual({ state: 'idle', wait: undefined, since: 9 });
  expect(stateOf(after(prompt), said('idle', 0))).toMatchObject({ state: 'working' });
});

it('is not idle for the moment between the end of its turn and the hook that tells of it', () => {
  expect(stateOf(after(prompt), said('idle', 59))).toMatchObject({ state: 'working' });
  expect(stateOf(after(prompt, { kind: 'stop' }), said('idle', 9))).toMatchObject({ state: 'done', since: 1 });
});

it('works where helpers run on behind its turn, and waits where an error has ended it', () => {
  const behind = after(prompt, { kind: 'stop', isBusy: true });
  expect(stateOf(behind, said('idle', 9))).toMatchObject({ state: 'working' });
  expect(stateOf(after(prompt, { kind: 'fail' }), said('idle', 9))).toMatchObject({ state: 'waiting', wait: 'error' });
  const helper: Step = { ...asks, helper: 'h' };
  const notified: Step = { kind: 'notified', wait: 'permission' };
  const waits = after(prompt, { kind: 'stop', isBusy: true }, helper, notified);
  expect(stateOf(waits, said('waiting', 4))).toMatchObject({ state: 'waiting' });
  expect(stateOf(waits, said('idle', 9))).toMatchObject({ state: 'working' });
});

it('works where a turn has begun that no prompt began', () => {
  for (const last of ['stop', 'start'] as const) {
    const session = after(prompt, { kind: last });
    expect(stateOf(session, said('busy', 9))).toEqual({ state: 'working', wait: undefined, since: 9 });
    // The word is of the turn that is over.
    expect(stateOf(session, said('busy', 1))).toMatchObject({ state: last === 'stop' ? 'done' : 'idle' });
  }
  expect(stateOf(after(prompt, { kind: 'fail' }), said('busy', 9))).toMatchObject({ state: 'waiting', wait: 'error' });
  expect(stateOf(after(prompt, { kind: 'end' }), said('busy', 9))).toMatchObject({ state: 'ended' });
});

it('waits with what no hook tells, once a hook would have told it', () => {
  const waits: SessionWord = { ...said('waiting', 9), wait: 'permission' };
  expect(stateOf(after(prompt), waits)).toEqual({ state: 'waiting', wait: 'permission', since: 9 });
  expect(stateOf(after(prompt), { ...waits, since: now - 1000 })).toMatchObject({ state: 'working' });
  // A dialog that the person has opened.
  expect(stateOf(after(prompt), said('waiting', 9))).toMatchObject({ state: 'working' });
  expect(stateOf(after(prompt), { ...waits, since: begin })).toMatchObject({ state: 'working' });
});

it('is by its journal alone where nothing else is known', () => {
  expect(withWord(after(prompt, asks), undefined, now)).toMatchObject({ state: 'waiting' });
});
