import type { Server } from 'node:http';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mcpAgent, type McpAgent } from '../../support/mcpClient';
import { startJaegerPages } from '../../support/standIns/jaegerPages';
import { aSpan, traceId, type ToldSpan } from '../../support/toldSpan';
import { tokensOf } from '../../support/tokensOf';
import { CliWorld, cliProgram } from './cliWorld';

const mostTokens = 1_000;
const lines = 100_000;
const traces = 1_000;
/** What no tokenizer knows by heart. */
const noise =
  'const { createHash } = require("node:crypto"); const of = (n) => createHash("sha256").update(String(n));';
/** Each error is of a kind of its own, as texts of other scripts, ids and stacks make them. */
const web = `${noise}
  const text = (n) => ['環境が壊れている🧨', of(n).digest('base64'), of(n).digest('hex'), 'Ωμέγα {"a":[1,{"b":null}]}'][n % 4];
  const word = (n) => of(n).digest('base64').replace(/[^a-z]/gi, '');
  for (let n = 0; n < ${lines}; n++)
    console.log(n % 10 ? 'GET /' + n : 'Error: ' + word(n) + ' ' + text(n / 10).repeat(1 + n % 9) + ' is lost');
  require('node:http').createServer((q, a) => a.end('ok')).listen(process.env.PORT, '127.0.0.1');`;

/** Requests of as many routes as there are requests; every third has failed, each in words of its own. */
function manySpans(namespace: string): ToldSpan[] {
  const nowMs = Date.now();
  return Array.from({ length: traces }, (_, index) => index).flatMap((index) => {
    const at = { namespace, service: 'web', startMs: nowMs - 60_000 - index, durationMs: 20 + index };
    const route = `GET /${Buffer.from(String(index * 7919)).toString('base64')}/注文/${'x7Q'.repeat(index % 40)}`;
    const message = `${'ошибка '.repeat(index % 30)}${index.toString(36)} {"code":[${index}]}`;
    const failed = index % 3 === 0 ? { isFailed: true, message } : {};
    return [
      aSpan(index + 1, 1, { ...at, operation: route }),
      aSpan(index + 1, 2, { ...at, under: 1, operation: `SELECT 顧客 ${index}`, ...failed }),
    ];
  });
}

describe('what an agent is told of a hundred thousand lines and a thousand requests', { timeout: 180_000 }, () => {
  let world: CliWorld;
  let pages: Server & { readonly url: string };
  let agent: McpAgent;

  beforeAll(async () => {
    world = await CliWorld.create();
    const long = Array.from({ length: 400 }, (_, index) =>
      aSpan(traces + 1, index + 1, {
        ...{ namespace: 'worktree-one', service: 'web', startMs: Date.now() - 30_000, durationMs: 9_000 },
        ...(index === 0 ? {} : { under: index }),
        ...{
          operation: `段階 ${index} ${'zQ9'.repeat(30)}`,
          isFailed: index % 5 === 0,
          message: 'не вышло '.repeat(9),
        },
      }),
    );
    pages = await startJaegerPages([...long, ...manySpans('worktree-one'), ...manySpans('worktree-two')]);
    const services = { web: { command: ['node', '-e', web], port: 3000, routes: ['/'] } };
    const crash = { command: ['node', '-e', `throw new Error('${'環境🧨 '.repeat(300)}')`] };
    const all = { ...services, ...Object.fromEntries(Array.from({ length: 6 }, (_, n) => [`crash-${n}`, crash])) };
    const file = { version: 1, services: all, database: { template: 'answers' } };
    await writeFile(join(world.repository, 'coppice.yaml'), JSON.stringify(file));
    await world.git('commit', '-qam', `services 環境 ${'🧨'.repeat(300)}`);
    const env = { COPPICE_CREATE_READY_TIMEOUT: '10' };
    expect((await world.cli(['create', 'one'], { env })).code).toBe(10);
    for (let table = 0; table < 200; table++)
      await world.postgres.sql(
        `CREATE TABLE public."表${table}" AS SELECT n, repeat('顧客', 900) AS "値" FROM generate_series(1, 40) n; ALTER TABLE public."表${table}" OWNER TO wt_one`,
        'wt_one',
      );
    agent = await mcpAgent([process.execPath, cliProgram, 'mcp'], world.worktree('one'), {
      ...world.env,
      COPPICE_JAEGER_URL: pages.url,
    });
  }, 180_000);
  afterAll(async () => {
    await agent?.close();
    pages?.close();
    await world?.dispose();
  });

  /** @param said what makes the answer one to the question, and no short excuse */
  it.each<[name: string, given: Record<string, unknown>, said: RegExp]>([
    ['where', {}, /^one: /],
    ['why', {}, /^one: .+\n(?:.*\n)*What to do: /],
    ['logs', {}, /^one: [\d,]+ errors of \d+ kinds/],
    ['logs', { service: 'web' }, /^one: 10000 errors of \d{4,} kinds/],
    ['logs', { service: 'web', last: 100 }, /^The newest line first:\n.*GET \/99999\n/],
    ['traces', {}, /^one: the newest 1000 traces .*\n\d+x web /],
    ['traces', { only: 'failed' }, /^one: 335 traces .* 335 of them failed\.\n\d+x web /],
    ['traces', { only: 'slow' }, /^one: the newest 1000 traces .*\n9\.00 s web /],
    ['traces', { id: traceId(traces + 1) }, /400 spans, failed\n {2}web 段階 0/],
    ['query', {}, /^表0 \(2 columns\)\n/],
    ['query', { table: '表1' }, /^n integer\n値 text\n/],
    ['query', { table: 'nobody' }, /^notFound: There is no table "nobody"\. There are: 表0, /],
    ['query', { sql: 'SELECT * FROM "表1"' }, /^40 rows:\nn\t値\n1\t顧客/],
    ['query', { sql: `SELECT '${'顧客'.repeat(500)}'::int` }, /^\w+: .*顧客/],
    ['migrations', {}, /./],
    ['restart', { service: '顧客'.repeat(500) }, /^notFound: There is no service "顧客/],
    ['setup', {}, /./],
  ])(
    'is at most a thousand tokens, counted by a tokenizer, and begins with what counts: %s, row %#',
    async (name, given, said) => {
      const { text } = await agent.call(name, given);
      expect(text).toMatch(said);
      expect(tokensOf(text)).toBeLessThanOrEqual(mostTokens);
    },
  );

  it('is the same few tokens where a thousand requests are asked for in the words of another', async () => {
    for (const given of [{ id: traceId(9_999_999) }, { id: 'x'.repeat(5_000) }, { only: '顧客'.repeat(900) }]) {
      const { text, isError } = await agent.call('traces', given);
      expect(isError).toBe(true);
      expect(text).toMatch(/^(?:notFound|invalidInput): /);
      expect(tokensOf(text)).toBeLessThanOrEqual(mostTokens);
    }
  });
});
