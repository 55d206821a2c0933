import { describe, expect, test } from 'vitest';
import { connectionError, statusError, statusOf } from '../../../../../src/adapters/kubernetes/connection/mapError';
import { AppError } from '../../../../../src/core/errors';

const attempt = { verb: 'delete', resource: 'namespace "x"' };

describe('a failure of the Kubernetes API', () => {
  test.each([
    [400, 'failed'],
    [401, 'denied'],
    [403, 'denied'],
    [404, 'notFound'],
    [408, 'timeout'],
    [409, 'conflict'],
    [410, 'failed'],
    [418, 'failed'],
    [422, 'failed'],
    [429, 'unreachable'],
    [500, 'unreachable'],
    [503, 'unreachable'],
    [504, 'timeout'],
  ])('status %i is %s, whatever its text', (status, code) => {
    for (const body of [JSON.stringify({ message: 'not found, forbidden, already exists' }), '<html>', '', 'null']) {
      const error = statusError(status, body, attempt);
      expect(error.code).toBe(code);
      expect(error.message).not.toMatch(/\n/);
      expect(statusOf(error)).toBe(status);
    }
  });

  test("a refusal names what was not allowed, and the server's own words are the explanation", () => {
    const error = statusError(403, JSON.stringify({ kind: 'Status', message: 'namespaces "x" is forbidden' }), attempt);
    expect(error.message).toContain('delete namespace "x"');
    expect(error.explanation).toBe('namespaces "x" is forbidden');
  });

  test.each([
    'ECONNREFUSED',
    'ECONNRESET',
    'ENOTFOUND',
    'EHOSTUNREACH',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'EWHATEVER',
  ])('%s is unreachable, and names the server', (code) => {
    const error = connectionError(Object.assign(new Error('x'), { code }), 'https://h:1', attempt);
    expect(error.code).toBe('unreachable');
    expect(error.message).toContain('https://h:1');
    expect(error.message).toContain(code);
  });

  test('what is told already stays as it is', () => {
    const told = new AppError('notConfigured', 'x');
    expect(connectionError(told, 's', attempt)).toBe(told);
  });
});
