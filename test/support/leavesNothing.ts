// Of each file of tests that shares a process with others: what it changes there, the next one would meet.
import { afterAll, expect, vi } from 'vitest';

const shared = () => ({
  areTimersFake: vi.isFakeTimers(),
  folder: process.cwd(),
  environment: { ...process.env },
  globals: Object.getOwnPropertyNames(globalThis).sort(),
  listeners: Object.fromEntries(process.eventNames().map((event) => [event, process.listenerCount(event)])),
});

const before = shared();

afterAll(() => {
  expect(shared(), 'what this file leaves behind for others in its process').toEqual(before);
});
