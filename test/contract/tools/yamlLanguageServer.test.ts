import { spawn, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import schema from '../../../media/schemas/coppice.schema.json';
import { schemaFile } from '../../../scripts/reference.mjs';
import { schemaKeys } from '../../../scripts/reference/schemaKeys.mjs';
import { until } from '../../support/until';
import { verifies } from '../../support/verified';

const manifest = createRequire(import.meta.url).resolve('yaml-language-server/package.json');

verifies(
  'yaml-language-server',
  async () => {
    const { version }: { version: string } = createRequire(import.meta.url)(manifest);
    return version;
  },
  {
    obtained: 'npm, of the development dependencies',
    asked: 'completion, hover and complaints by the schema of coppice.yaml',
  },
);

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
}

/** As a person would set them, who has written the schema to a file. */
const settings = {
  schemas: { [pathToFileURL(schemaFile).href]: ['coppice.yaml'] },
  schemaStore: { enable: false },
  ...{ completion: true, hover: true, validate: true },
};

/** The server as an editor uses it, without a gallery of schemas. */
class LanguageServer {
  readonly #child: ChildProcess;
  readonly #answers = new Map<number, (result: unknown) => void>();
  readonly problems = new Map<string, string[]>();
  #buffer = Buffer.alloc(0);
  #next = 1;

  constructor() {
    const program = join(dirname(manifest), 'bin', 'yaml-language-server');
    this.#child = spawn(process.execPath, [program, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#child.stdout?.on('data', (data: Buffer) => this.#take(data));
  }

  #take(data: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, data]);
    for (;;) {
      const head = /^Content-Length: (\d+)\r\n(?:[^\r\n]+\r\n)*\r\n/.exec(this.#buffer.toString('latin1'));
      const begin = head?.[0].length ?? 0;
      const end = begin + Number(head?.[1] ?? Infinity);
      if (this.#buffer.length < end) return;
      this.#hear(JSON.parse(this.#buffer.toString('utf8', begin, end)) as Message);
      this.#buffer = this.#buffer.subarray(end);
    }
  }

  #hear({ id, method, params, result }: Message): void {
    if (method === 'textDocument/publishDiagnostics') {
      const { uri, diagnostics } = params as { uri: string; diagnostics: { message: string }[] };
      this.problems.set(
        uri,
        diagnostics.map(({ message }) => message),
      );
    } else if (id !== undefined && method === 'workspace/configuration') {
      const { items } = params as { items: { section: string }[] };
      this.#send({ id, result: items.map(({ section }) => (section === 'yaml' ? settings : null)) });
    } else if (id !== undefined && method !== undefined) this.#send({ id, result: null });
    else if (id !== undefined) this.#answers.get(id)?.(result);
  }

  #send(message: Message): void {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    this.#child.stdin?.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  }

  tell(method: string, params: unknown): void {
    this.#send({ method, params });
  }

  ask<T>(method: string, params: unknown): Promise<T> {
    const id = this.#next++;
    return new Promise((resolve) => {
      this.#answers.set(id, (result) => resolve(result as T));
      this.#send({ id, method, params });
    });
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.#child.once('close', () => resolve());
      this.#child.kill('SIGKILL');
    });
  }
}

let server: LanguageServer;
let files = 0;

/** Opens a coppice.yaml. */
function open(text: string): string {
  files += 1;
  const uri = `file:///project-${files}/coppice.yaml`;
  server.tell('textDocument/didOpen', { textDocument: { uri, languageId: 'yaml', version: 1, text } });
  return uri;
}

/** What it offers at the `|` of a text: labels with what is said of each. */
async function offered(text: string): Promise<Record<string, string>> {
  const before = text.slice(0, text.indexOf('|')).split('\n');
  const uri = open(text.replace('|', ''));
  const position = { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
  const answer = await server.ask<{ items: { label: string; documentation?: string | { value: string } }[] }>(
    'textDocument/completion',
    { textDocument: { uri }, position },
  );
  return Object.fromEntries(
    answer.items.map(({ label, documentation = '' }) => [
      label,
      typeof documentation === 'string' ? documentation : documentation.value,
    ]),
  );
}

beforeAll(async () => {
  server = new LanguageServer();
  await server.ask('initialize', {
    processId: process.pid,
    rootUri: null,
    capabilities: { workspace: { configuration: true } },
  });
  server.tell('initialized', {});
  server.tell('workspace/didChangeConfiguration', { settings: {} });
  // It has read the schema when it finds fault with a file.
  const uri = open('verson: 1\n');
  await until(() => server.problems.get(uri)?.length);
});
afterAll(() => server.stop());

/** Where the keys of a mapping are asked for, by the path that the reference gives it. */
const places: Readonly<Record<string, string>> = {
  '': '|\n',
  'services.<name>': 'version: 1\nservices:\n  api:\n    |\n',
  'services.<name>.build': 'version: 1\nservices:\n  api:\n    build:\n      |\n',
  database: 'version: 1\nservices:\n  api:\n    command: x\ndatabase:\n  |\n',
  'setup[]': 'version: 1\nservices:\n  api:\n    command: x\nsetup:\n  - |\n',
  'teardown[]': 'version: 1\nservices:\n  api:\n    command: x\nteardown:\n  - |\n',
};

it('offers every key of the schema at its place, and says what it is for', async () => {
  const keys = schemaKeys(schema);
  for (const [place, text] of Object.entries(places)) {
    const own = keys.filter(({ path, name }) => path === (place === '' ? name : `${place}.${name}`));
    expect(own.length, place).toBeGreaterThan(2);
    const found = await offered(text);
    for (const { name, schema: key } of own) {
      expect(Object.keys(found), place).toContain(name);
      expect(found[name]?.replace(/\\/g, ''), `${place}.${name}`).toContain(
        key.description?.slice(0, 20).replace(/\\/g, ''),
      );
    }
  }
});

it('says what is wrong, in the words of the schema', async () => {
  const uri = open('version: 1\nservices:\n  Api:\n    command: x\n    prot: 3000\n');
  await until(() => (server.problems.get(uri)?.length ?? 0) > 1);
  expect(server.problems.get(uri)).toEqual(
    expect.arrayContaining([expect.stringContaining('a DNS label: lower-case'), expect.stringContaining('prot')]),
  );
});

it('finds nothing wrong with a file that is right', async () => {
  const uri = open('version: 1\nservices:\n  api: {command: x, port: 3000, dependsOn: [db]}\n  db: {command: y}\n');
  await until(() => server.problems.has(uri));
  expect(server.problems.get(uri)).toEqual([]);
});
