// Of each file of tests that shares a process with others: what it changes there, the next one would meet.
import { afterAll, expect, vi } from 'vitest';

const shared = () => ({
  areTimersFake: vi.isFakeTimers(),
  folder: process.cwd(),
  globals: Object.getOwnPropertyNames(globalThis).sort(),
  listeners: Object.fromEntries(process.eventNames().map((event) => [event, process.listenerCount(event)])),
});

const before = shared();
const variables = { ...process.env };

afterAll(() => {
  expect(shared(), 'what this file leaves behind for others in its process').toEqual(before);
  // By name alone: a log is read by others, and values may be secrets.
  const names = Object.keys({ ...variables, ...process.env });
  const changed = names.filter((name) => process.env[name] !== variables[name]);
  expect(changed, 'variables that this file leaves changed for others in its process').toEqual([]);
});
