import { describe, expect, it } from 'vitest';
import { AppError, isAbort, isAppError, toAppError } from '../../../src/core/errors';

describe('AppError', () => {
  it('is told from others by its class and by its code', () => {
    const error = new AppError('conflict', 'Taken.', { explanation: 'by x', cause: 1 });
    expect(error).toMatchObject({ name: 'AppError', message: 'Taken.', explanation: 'by x', cause: 1, losses: [] });
    expect(isAppError(error)).toBe(true);
    expect(isAppError(error, 'conflict')).toBe(true);
    expect(isAppError(error, 'failed')).toBe(false);
    expect(isAppError(Object.assign(new Error('x'), { code: 'conflict' }), 'conflict')).toBe(false);
    expect('cause' in new AppError('failed', 'x')).toBe(false);
  });

  it('is what anything thrown becomes, in one line', () => {
    const error = new AppError('denied', 'No.');
    expect(toAppError(error)).toBe(error);
    const foreign = new TypeError('x is not a function\n    at y');
    expect(toAppError(foreign)).toMatchObject({
      code: 'bug',
      message: 'Unexpected error: x is not a function',
      cause: foreign,
    });
    expect(toAppError('text')).toMatchObject({ code: 'bug', message: 'Unexpected error: text' });
    expect(toAppError(undefined)).toMatchObject({ code: 'bug', message: 'Unexpected error: undefined' });
  });

  it('is what a limit of time becomes, which nobody has cancelled', () => {
    const late = new DOMException('The operation was aborted due to timeout', 'TimeoutError');
    expect(toAppError(late)).toMatchObject({ code: 'timeout', message: 'It took too long, and was given up.' });
  });
});

describe('isAbort', () => {
  it('knows the reason of an aborted signal', () => {
    expect(isAbort(AbortSignal.abort().reason)).toBe(true);
    expect(isAbort(new Error('AbortError'))).toBe(false);
    expect(isAbort(new AppError('failed', 'x'))).toBe(false);
    expect(isAbort({ name: 'AbortError' })).toBe(false);
  });
});
