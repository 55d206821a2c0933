import { readdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { usedTools } from '../../src/core/uses/usedTools';
import type { UsedToolName } from '../../src/core/usedTool';
import { processesOf, serversThere, serverVersion } from '../support/usedServers/usedServer';
import { verifies } from '../support/verified';
import type { CreatedJson } from '../contract/cli/cliJson';
import { CliWorld } from '../contract/cli/cliWorld';
import { application, filler } from './application';

const { servers, clients } = serversThere();
const fillable = servers.filter(({ tool }) => usedTools[tool as UsedToolName].local.template !== undefined);
const slow = { env: { COPPICE_CREATE_READY_TIMEOUT: '240' } };

describe.skipIf(fillable.length === 0).each(fillable.map((server) => [server.tool, server.from, server] as const))(
  'a template of %s (%s)',
  (tool, _, server) => {
    let world: CliWorld;
    let log: string;
    const ask = async (host: string, path = '/'): Promise<number> => {
      const { status, text } = await world.fetch(`http://${host}.localhost:${world.gatewayPort}${path}`);
      if (status !== 200) throw new Error(`${status}: ${text}`);
      return Number(text);
    };
    const fills = async (): Promise<number> => (await readFile(log, 'utf8').catch(() => '')).length;
    const templates = (): Promise<string[]> => readdir(join(world.home, 'uses-templates')).catch(() => []);
    const kept = (): Promise<string[]> => readdir(join(world.home, 'uses')).catch(() => []);

    beforeAll(async () => {
      world = await CliWorld.create();
      log = join(world.home, 'fills');
      world.env['PATH'] = [...server.folders, world.env['PATH']].join(delimiter);
      await writeFile(join(world.repository, 'app.cjs'), application(tool, clients));
      await writeFile(join(world.repository, 'fill.cjs'), filler(tool, clients, log));
      await writeFile(
        join(world.repository, 'coppice.yaml'),
        `version: 1\nuses:\n  store: {tool: ${tool}, migrate: node fill.cjs, inputs: [fill.cjs]}\nservices:\n  app: {command: node app.cjs, port: 3000, routes: [/]}\n`,
      );
      await world.git('add', '--all');
      await world.git('commit', '--quiet', '-m', 'uses');
    });
    afterAll(() => world?.dispose());
    verifies(usedTools[tool as UsedToolName].title, () => serverVersion(server), {
      obtained: server.from,
      asked: 'a template that is filled once and copied for each environment',
    });

    it('leaves nothing, and no server, where what fills it fails', async () => {
      await writeFile(join(world.repository, 'fill.cjs'), `console.error('no such table'); process.exit(3);`);
      await world.git('commit', '--quiet', '--all', '-m', 'fails');
      const { code, stderr } = await world.cli(['create', 'failing'], slow);
      expect(stderr).toMatch(/uses\.store\.migrate: "node" ended with exit code 3: no such table/);
      expect(code).toBe(1);
      expect([await templates(), await kept(), processesOf(server.place, world.folder)]).toEqual([[], [], []]);
      await world.git('revert', '--no-edit', 'HEAD');
    });

    it('is filled once, and each environment begins with a copy that is its own', async () => {
      for (const branch of ['one', 'two'])
        expect(await world.json<CreatedJson>(['create', branch], slow)).toMatchObject({ ready: true });
      expect(await fills()).toBe(1);
      expect(await templates()).toHaveLength(1);
      expect(await ask('one')).toBe(1);
      expect(await ask('one', '/add')).toBe(2);
      expect(await ask('two')).toBe(1);
    });

    it('has a server of its own each time: what names one is not copied', async () => {
      const uuids = await Promise.all(
        (await kept()).map((name) =>
          readFile(join(world.home, 'uses', name, `store.${tool}`, 'data', 'auto.cnf'), 'utf8'),
        ),
      ).catch(() => undefined);
      // Only MySQL has such a file.
      if (uuids !== undefined) expect(new Set(uuids).size).toBe(2);
      const [template = ''] = await templates();
      const inTemplate = await readdir(join(world.home, 'uses-templates', template, 'data'));
      for (const own of usedTools[tool as UsedToolName].local.template?.own ?? [])
        expect(inTemplate).not.toContain(own);
    });

    it('is no work that a delete would lose, until something is written to the copy', async () => {
      expect(await world.cli(['delete', 'two'])).toMatchObject({ code: 0 });
      const refused = await world.cli(['delete', 'one']);
      expect(refused.code).toBe(9);
      // It is seen while its server runs, and not only once that was ended.
      expect(refused.stderr).not.toContain('Done before that');
      expect((await world.cli(['delete', 'one', '--discard', 'data'])).code).toBe(0);
      expect(await kept()).toEqual([]);
      expect(await templates()).toHaveLength(1);
    });

    it('is another one where a branch fills it with other things', async () => {
      await world.git('switch', '--quiet', '-c', 'more');
      await writeFile(join(world.repository, 'fill.cjs'), `${filler(tool, clients, log)}// more\n`);
      await world.git('commit', '--quiet', '--all', '-m', 'more');
      await world.git('switch', '--quiet', '-');
      for (const branch of ['three', 'more']) await world.json<CreatedJson>(['create', branch], slow);
      expect(await fills()).toBe(2);
      expect(await templates()).toHaveLength(2);
      expect([await ask('three'), await ask('more')]).toEqual([1, 1]);
    });
  },
);
