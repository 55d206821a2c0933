import { describe, expect, it } from 'vitest';
import { withoutSecrets } from '../../../../src/core/variables/withoutSecrets';

describe('a text that others may read', () => {
  it.each([
    ['postgres://app:Canary%201@127.0.0.1:5432/wt_main failed', 'postgres://‹hidden›@127.0.0.1:5432/wt_main failed'],
    ['fetch https://Canary1@example.com/x', 'fetch https://‹hidden›@example.com/x'],
    ['Authorization: Bearer Canary.1-a', 'Authorization: ‹hidden› ‹hidden›'],
    ['got Bearer Canary.1-a from it', 'got Bearer ‹hidden› from it'],
    ['token eyJhbGciOi.eyJzdWIi.Canary1', 'token ‹hidden›'],
    ['key sk-ant-Canary1-canary', 'key ‹hidden›'],
    ['DB_PASSWORD=Canary1 node x', 'DB_PASSWORD=‹hidden› node x'],
    ['{"clientSecret": "Can ary1", "port": 1}', '{"clientSecret": ‹hidden›, "port": 1}'],
    ["ALTER ROLE x PASSWORD 'Can ary1'", 'ALTER ROLE x PASSWORD ‹hidden›'],
    ['tool --api-key Canary1 --all', 'tool --api-key ‹hidden› --all'],
    ['npm_config_token: Canary1', 'npm_config_token: ‹hidden›'],
    ['-----BEGIN RSA PRIVATE KEY-----\nCanary1\n', '‹hidden›'],
    ['id 4f3c2b1a4f3c2b1a4f3c2b1a4f3c2b1a ends', 'id ‹hidden› ends'],
  ])('has not what looks like a secret: %s', (text, expected) => {
    expect(withoutSecrets(text)).toBe(expected);
  });

  it.each([
    'backend is not ready: CrashLoopBackOff, exit code 1: Error: listen EADDRINUSE: address already in use 127.0.0.1:3000',
    'worktree-earl-fib-123-new-feature of earl/FIB-123-new-feature at http://earl-fib-123-new-feature.localhost:8080/',
    '~/code/repository.worktrees/earl-fib-123-new-feature/node_modules/.bin/next',
    'backend-6d5f8c9b7-x2x4z Pulled image "node:24"',
    'wt_earl_fib_123_new_feature',
    '2026-01-02T03:04:05.678Z [info] Creating an environment for main: done after 1234 ms',
  ])('keeps what tells why: %s', (text) => {
    expect(withoutSecrets(text)).toBe(text);
  });

  it.each([
    ['letters', 'a'.repeat(64_000)],
    ['digits and letters', '4f3c2b1a'.repeat(8_000)],
    ['dashes', '-'.repeat(64_000)],
    ['pluses', '+'.repeat(64_000)],
    ['names of secrets', 'token'.repeat(12_000)],
    ['beginnings of addresses', 'a://'.repeat(16_000)],
  ])('takes no time over a long line of %s', (_, line) => {
    const begin = performance.now();
    withoutSecrets(line);
    // It took twenty seconds and more.
    expect(performance.now() - begin).toBeLessThan(2_000);
  });

  it('has a password of an address nowhere else', () => {
    expect(withoutSecrets('no: correct-horse. At http://ada:correct-horse@h/')).toBe(
      'no: ‹hidden›. At http://‹hidden›@h/',
    );
  });

  it('has no known secret, however it is written', () => {
    const secret = 'Can/ary "1"';
    const text = `plain ${secret}, as a URL ${encodeURIComponent(secret)}, as JSON ${JSON.stringify({ x: secret })}`;
    const left = withoutSecrets(text, [secret, 'ary', '']);
    expect(left).toBe('plain ‹hidden›, as a URL ‹hidden›, as JSON {"x":"‹hidden›"}');
  });
});
