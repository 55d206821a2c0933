import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { runInNewContext } from 'node:vm';
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
  expect(html).toContain('<noscript><meta http-equiv="refresh"');
  // Its own, of which the policy knows what it is: no other runs.
  const [script = '', ...others] = [...html.matchAll(/<script>(.*?)<\/script>/gs)].map(([, text]) => text);
  expect(others).toEqual([]);
  const hash = createHash('sha256').update(script).digest('base64');
  expect(answer.headers.get('content-security-policy')).toBe(
    `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'; connect-src 'self'`,
  );
  expect(html.split('&#60;script&#62;alert(&#34;1&#34;)')).toHaveLength(3);
});

it('looks again by what it knows to be its own request, and is loaded anew only when the service answers', async () => {
  path = '/down';
  const html = await (await ask('text/html')).text();
  const script = /<script>(.*?)<\/script>/s.exec(html)?.[1] ?? '';
  const later: (() => Promise<void>)[] = [];
  const asked: unknown[] = [];
  const answers = [{ status: 503, text: async () => 'new' }, undefined, { status: 204 }];
  const document = { title: 'old', body: { replaceWith: (body: string) => asked.push(body) } };
  let reloads = 0;
  runInNewContext(script, {
    setTimeout: (look: () => Promise<void>) => later.push(look),
    fetch: async (_: string, { headers }: { headers: unknown }) => {
      asked.push(headers);
      const answer = answers.shift();
      if (!answer) throw new Error('nobody listens');
      return answer;
    },
    DOMParser: class {
      parseFromString = (text: string) => ({ title: `${text} title`, body: `${text} body` });
    },
    ...{ document, location: { href: 'http://x.localhost/', reload: () => reloads++ } },
  });
  for (let look = later.shift(); look; look = later.shift()) await look();
  const mark = { 'x-coppice-look': '1', accept: 'text/html' };
  expect(asked).toEqual([mark, 'new body', mark, mark]);
  expect([document.title, reloads]).toEqual(['new title', 1]);
});

it('does not send again by itself what was sent', async () => {
  path = '/down';
  const html = await (await ask('text/html', 'POST')).text();
  expect(html).not.toContain('<script');
  expect(html).toContain('http-equiv="refresh"');
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
