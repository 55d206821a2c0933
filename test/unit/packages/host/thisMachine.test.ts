import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isLoopback } from '../../../../packages/host/src/isLoopback';
import { isThisMachine } from '../../../../packages/host/src/isThisMachine';

describe('a loopback host', () => {
  it.each(['localhost', 'LocalHost.', 'a.b.localhost', '127.0.0.1', '127.1.2.3', '[::1]', '::1'])('is %s', (host) =>
    expect(isLoopback(host)).toBe(true),
  );

  it.each([
    'evil.com',
    'localhost.evil.com',
    'notlocalhost',
    '.localhost',
    '',
    '0.0.0.0',
    '[::]',
    '1270.0.0.1',
    '128.0.0.1',
  ])('is not %j', (host) => expect(isLoopback(host)).toBe(false));
});

describe('a host that no name server can give away', () => {
  it('is no name below localhost: who does not know the rule asks a name server', () => {
    expect(isThisMachine('localhost')).toBe(true);
    expect(isThisMachine('a.localhost')).toBe(false);
    expect(isThisMachine('localhost.')).toBe(false);
  });

  it('is no domain', () => {
    fc.assert(fc.property(fc.domain(), (domain) => void expect(isThisMachine(domain)).toBe(false)));
  });

  it('is one of loopback, or the one that means no address', () => {
    fc.assert(
      fc.property(fc.ipV4(), (ip) => void expect(isThisMachine(ip)).toBe(ip.startsWith('127.') || ip === '0.0.0.0')),
    );
    expect(['::1', '[::1]', '::', '[::]'].every(isThisMachine)).toBe(true);
    expect(['fe80::1', '[fe80::1]', '::2'].some(isThisMachine)).toBe(false);
  });
});
