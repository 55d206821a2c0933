import { expect, test } from 'vitest';
import { temporalWords } from '../../../../src/core/temporal/temporalWords';

const page = 'http://127.0.0.1:8233/namespaces/a/workflows';

test('workflows are counted, and those that failed are what a row says', () => {
  const told = (running: number, failed: number) => temporalWords({ state: 'told', running, failed, page });
  expect(told(0, 0)).toEqual({ detail: '0 workflows running', page });
  expect(told(1, 0)).toEqual({ detail: '1 workflow running', page });
  expect(told(3, 2)).toEqual({ detail: '3 workflows running, 2 failed', mark: '2 workflows failed', page });
  expect(told(0, 1)).toMatchObject({ mark: '1 workflow failed' });
});

test('a server that is away, or without the namespace, is waited for; one that nobody can ask is not', () => {
  const why = 'Temporal does not answer at 127.0.0.1:7233';
  expect(temporalWords({ state: 'away', why })).toEqual({ detail: why, waits: why });
  expect(temporalWords({ state: 'missing', why })).toEqual({ detail: why, waits: why });
  expect(temporalWords({ state: 'untold', why })).toEqual({ detail: why });
});
