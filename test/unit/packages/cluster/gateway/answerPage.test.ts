import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { answerServiceDown, answerUnknownHost } from '../../../../../packages/cluster/src/gateway/answerPage';
import type { ServiceTrouble } from '../../../../../packages/cluster/src/gateway/serviceTrouble';

const hostile = `<script>alert("1")</script>'&\``;
const trouble: ServiceTrouble = {
  namespace: 'ns',
  service: 'backend',
  state: 'CrashLoopBackOff',
  reason: hostile,
  exitCode: 1,
  restarts: 3,
  pod: 'backend-1',
  podUid: 'u',
  container: 'c',
};

let close: () => void = () => undefined;
afterEach(() => close());

async function ask(accept: string, method = 'GET'): Promise<Response> {
  const server = createServer((request, response) => {
    if (request.url === '/down') answerServiceDown(request, response, trouble, [hostile]);
    else answerUnknownHost(request, response, hostile, [hostile], 8080);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  close = () => server.close();
  const { port } = server.address() as AddressInfo;
  return fetch(`http://127.0.0.1:${port}${path}`, { headers: { accept }, method });
}

let path = '/down';

it('tells a browser what is wrong, escapes what others wrote, and looks again by itself', async () => {
  path = '/down';
  const answer = await ask('text/html,application/xhtml+xml');
  const html = await answer.text();
  expect(answer.status).toBe(503);
  expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(html).toContain('backend: CrashLoopBackOff, exit code 1');
  expect(html).toContain('http-equiv="refresh"');
  expect(html).not.toContain('<script');
  expect(html.split('&#60;script&#62;alert(&#34;1&#34;)')).toHaveLength(3);
});

it('tells a program in JSON', async () => {
  path = '/down';
  const answer = await ask('application/json');
  expect(await answer.json()).toEqual({
    error: 'serviceDown',
    namespace: 'ns',
    service: 'backend',
    state: 'CrashLoopBackOff',
    reason: hostile,
    exitCode: 1,
    restarts: 3,
    pod: 'backend-1',
    container: 'c',
    log: [hostile],
  });
});

it('tells others in text, and HEAD nothing', async () => {
  path = '/down';
  expect(await (await ask('*/*')).text()).toBe(`backend: CrashLoopBackOff, exit code 1\n${hostile}\n${hostile}\n`);
  close();
  expect(await (await ask('*/*', 'HEAD')).text()).toBe('');
});

it('lists the known hosts, escaped', async () => {
  path = '/host';
  const answer = await ask('text/html');
  const html = await answer.text();
  expect(answer.status).toBe(404);
  expect(html).not.toContain('<script');
  expect(html).toContain('<li><a href="http://&#60;script&#62;');
});
