import { mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FreePorts } from '../../../../../packages/cluster/src/network/freePort';
import { keepTemporal } from '../../../../../packages/cluster/src/temporal/keepTemporal';
import { isAlive, until } from '../../../../support/until';

let home: string;
let end: (() => Promise<void>) | undefined;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'coppice-keep-temporal-'));
  await mkdir(join(home, 'temporal'));
});
afterEach(async () => {
  await end?.();
  await rm(home, { recursive: true, force: true });
});

// Windows has no scripts that are programs.
it.skipIf(process.platform === 'win32')(
  'empties the log of a server that says much, and tells the last that it said',
  async () => {
    const program = join(home, 'says-much');
    const [log, go] = [join(home, 'temporal', 'server.log'), join(home, 'go')];
    await writeFile(
      program,
      `#!${process.execPath}
const { existsSync, writeSync } = require('node:fs');
writeSync(1, 'much '.repeat(1_200_000));
setInterval(() => {
  if (!existsSync(${JSON.stringify(go)})) return;
  writeSync(2, 'the reason');
  process.exit(3);
}, 50);
`,
      { mode: 0o755 },
    );
    const wanted = { program, host: '127.0.0.1', port: await new FreePorts().take(), isOurs: true };
    await writeFile(join(home, 'temporal', 'server.json'), JSON.stringify(wanted));
    const said: string[] = [];
    const watch = { add: () => undefined, remove: () => undefined };
    end = keepTemporal({ home, watch, log: (line) => void said.push(line) });
    const size = () =>
      stat(log).then(
        (one) => one.size,
        () => 0,
      );
    await until(async () => (await size()) > 5_500_000, 20_000);
    await until(async () => (await size()) === 0, 20_000);
    await writeFile(go, '');
    await until(() => said.includes('Temporal: it ended with exit code 3: the reason'), 20_000);
  },
  60_000,
);

// Windows has no scripts that are programs.
it.skipIf(process.platform === 'win32')(
  'leaves a server running whose file cannot be read any more, says so once, and ends it where another is wanted',
  async () => {
    const program = join(home, 'runs');
    const text = `#!${process.execPath}\nrequire('node:fs').appendFileSync(${JSON.stringify(join(home, 'ran'))}, process.pid + '\\n');\nsetInterval(() => {}, 1000);\n`;
    await writeFile(program, text, { mode: 0o755 });
    const file = join(home, 'temporal', 'server.json');
    // Whole or not at all, as it is written: between two states of it a look sees no third.
    const write = async (record: string): Promise<void> => {
      await writeFile(join(home, 'next'), record);
      await rename(join(home, 'next'), file);
    };
    const wanted = { program, host: '127.0.0.1', port: await new FreePorts().take(), isOurs: true };
    await write(JSON.stringify(wanted));
    const said: string[] = [];
    const watch = { add: () => undefined, remove: () => undefined };
    end = keepTemporal({ home, watch, log: (line) => void said.push(line) });
    const pids = () =>
      readFile(join(home, 'ran'), 'utf8').then(
        // The file is there before its first line is.
        (lines) => lines.split('\n').filter(Boolean).map(Number),
        () => [],
      );
    await until(async () => (await pids()).length === 1, 20_000);
    const [pid = 0] = await pids();
    // A full disk leaves such a file, too.
    await write('');
    const left = 'Temporal: server.json cannot be read; its server is left running';
    await until(() => said.includes(left), 20_000);
    await write('{"program": "/us');
    await write(JSON.stringify(wanted));
    expect(isAlive(pid)).toBe(true);
    await write(JSON.stringify({ ...wanted, isOurs: false }));
    await until(() => !isAlive(pid), 20_000);
    expect(said.filter((line) => line === left)).toHaveLength(1);
    expect(await pids()).toEqual([pid]);
  },
  60_000,
);
