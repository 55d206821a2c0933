import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { Agent, request, type RequestOptions } from 'node:https';
import { createInterface } from 'node:readline';
import { parse } from 'yaml';

export interface Answer {
  status: number;
  /** The parsed JSON; undefined where the body is none. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look at many shapes and fail where one is not as expected
  json: any;
  text: string;
  /** What the server has to say of a request that it took: a deprecated version, a pod that a standard would refuse. */
  warnings: readonly string[];
}

export interface CallOptions {
  body?: unknown;
  type?: string;
  accept?: string;
  headers?: Record<string, string>;
  /** Without the kubeconfig's credentials. */
  anonymous?: boolean;
}

/** A way to any Kubernetes API, as a kubeconfig describes it. */
export interface KubeConnection {
  kubeconfig: string;
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  /** The events of a watch, as they come; `close` drops the connection. */
  watch(path: string): Promise<KubeWatch>;
  /** The answer to a GET on a connection of its own, not read by anybody yet. */
  unread(path: string): Promise<IncomingMessage>;
  close(): void;
}

export interface KubeWatch {
  status: number;
  /** The next event; rejects when none comes within ten seconds, undefined when the stream has ended. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as above
  next(): Promise<any>;
  close(): void;
}

export async function connect(kubeconfig: string): Promise<KubeConnection> {
  const config = parse(await readFile(kubeconfig, 'utf8'));
  const { cluster } = config.clusters[0];
  const { user } = config.users[0];
  const decoded = (value: string | undefined): Buffer | undefined =>
    value === undefined ? undefined : Buffer.from(value, 'base64');
  const agent = new Agent({ keepAlive: true });
  const open = (method: string, path: string, options: CallOptions, own?: Agent): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const anonymous = options.anonymous === true;
      const body =
        typeof options.body === 'string' || options.body === undefined ? options.body : JSON.stringify(options.body);
      const settings: RequestOptions = {
        method,
        ca: decoded(cluster['certificate-authority-data']),
        agent: own ?? agent,
        headers: {
          ...(user.token && !anonymous ? { authorization: `Bearer ${user.token}` } : {}),
          ...(options.body === undefined ? {} : { 'content-type': options.type ?? 'application/json' }),
          accept: options.accept ?? 'application/json',
          'user-agent': 'contract-test/1.0',
          // Node sends a DELETE's body without its length otherwise.
          ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
          ...options.headers,
        },
        ...(anonymous
          ? { agent: false }
          : { cert: decoded(user['client-certificate-data']), key: decoded(user['client-key-data']) }),
      };
      const call = request(new URL(path, cluster.server), settings, resolve);
      call.once('error', reject);
      call.end(body);
    });
  return {
    kubeconfig,
    async call(method, path, options = {}) {
      const response = await open(method, path, options);
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk);
      const text = Buffer.concat(chunks).toString('utf8');
      const isJson = response.headers['content-type']?.includes('json') ?? false;
      const warnings = (response.headersDistinct['warning'] ?? []).map(
        (one) => /^\d+ \S+ "(.*)"$/s.exec(one)?.[1]?.replace(/\\(.)/g, '$1') ?? one,
      );
      return { status: response.statusCode ?? 0, text, json: isJson ? JSON.parse(text) : undefined, warnings };
    },
    async watch(path) {
      const own = new Agent();
      const response = await open('GET', path, {}, own);
      const lines = createInterface({ input: response })[Symbol.asyncIterator]();
      response.on('error', () => undefined);
      return {
        status: response.statusCode ?? 0,
        async next() {
          let timer: NodeJS.Timeout | undefined;
          const late = new Promise<never>((_, reject) => {
            timer = setTimeout(() => reject(new Error(`no event of ${path} within ten seconds`)), 10_000);
          });
          try {
            const line = await Promise.race([lines.next(), late]);
            return line.done ? undefined : JSON.parse(line.value);
          } finally {
            clearTimeout(timer);
          }
        },
        close() {
          response.destroy();
          own.destroy();
        },
      };
    },
    unread: (path) => open('GET', path, {}, new Agent()),
    close: () => agent.destroy(),
  };
}
