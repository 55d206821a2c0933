import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GrafanaPanels } from '../../../src/adapters/grafana/grafanaPanels';
import { StandInGrafana } from '../../support/standInGrafana';

const ancestors = ['vscode-webview://dashboard', 'vscode-file://vscode-app'];
let grafana: StandInGrafana;
const others: Server[] = [];

beforeEach(async () => {
  grafana = new StandInGrafana();
  await grafana.start();
});
afterEach(async () => {
  await grafana.stop();
  for (const server of others.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

const check = (address = grafana.address, patience?: number) =>
  new GrafanaPanels(patience).check(address, ancestors, new AbortController().signal);

/** Something else that listens. */
async function another(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  others.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('a Grafana that is asked before it is framed', () => {
  it('is ready when it is well, has the dashboard and forbids no frame', async () => {
    expect(await check()).toEqual({ state: 'ready' });
    expect(await check(`${grafana.address}/`)).toEqual({ state: 'ready' });
  });

  it('is found below localhost, which resolvers often do not know', async () => {
    const { port } = new URL(grafana.address);
    expect(await check(`http://grafana.localhost:${port}`)).toEqual({ state: 'ready' });
  });

  it.each([
    ['refusesFrames', { state: 'refusesFrames', header: 'X-Frame-Options: deny' }],
    ['wantsLogin', { state: 'wantsLogin' }],
    ['lacksDashboard', { state: 'lacksDashboard' }],
    ['sick', { state: 'away', reason: 'its database fails' }],
  ] as const)('says that it %s', async (mode, state) => {
    grafana.mode = mode;
    expect(await check()).toEqual(state);
  });

  it('is away when nothing listens, and when it does not answer in time', async () => {
    await grafana.stop();
    expect(await check()).toEqual({ state: 'away', reason: 'nothing listens there' });
    expect(await check(await another(() => undefined), 100)).toEqual({ state: 'away', reason: 'it does not answer' });
    expect(await check(await another((_, response) => response.writeHead(502).end('bad gateway')))).toEqual({
      state: 'away',
      reason: 'HTTP status 502',
    });
  });

  it('is told from what is no Grafana', async () => {
    const page = await another((_, response) => response.end('<html>'));
    expect(await check(page)).toMatchObject({ state: 'foreign' });
    const missing = await another((_, response) => response.writeHead(404).end());
    expect(await check(missing)).toEqual({ state: 'foreign', reason: 'HTTP status 404' });
    const moved = await another((_, response) => response.writeHead(301, { Location: 'https://x/' }).end());
    expect(await check(moved)).toEqual({ state: 'foreign', reason: 'it sends on to https://x/' });
    expect(await check('ftp://x')).toMatchObject({ state: 'foreign' });
    expect(await check('no address')).toMatchObject({ state: 'foreign' });
  });

  it('wants a login when a proxy before it does', async () => {
    const proxy = await another((_, response) =>
      response.writeHead(302, { Location: 'https://sso.example/login' }).end(),
    );
    expect(await check(proxy)).toEqual({ state: 'wantsLogin' });
  });

  it('reads no more than it needs of an answer without end', async () => {
    const endless = await another((_, response) => {
      const more = (): void => {
        while (response.write('x'.repeat(16_384)));
        response.once('drain', more);
      };
      more();
    });
    expect(await check(endless)).toMatchObject({ state: 'foreign' });
  });

  it('is not asked any longer once that is cancelled', async () => {
    const silent = await another(() => undefined);
    const cancel = new AbortController();
    const asked = new GrafanaPanels().check(silent, ancestors, cancel.signal);
    cancel.abort();
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
  });
});
