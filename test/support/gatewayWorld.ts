import { Ajv2020 } from 'ajv/dist/2020';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';

/** The version that Traefik 3.7.15 is built with. */
const version = 'v1.6.3';
const sum = 'h1:lKpJa5bGlraC/QeACvCpsHLdmO6y0iKfzVl6gzaFEYc=';
const group = 'gateway.networking.k8s.io';

export interface GatewayObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: object;
  readonly status?: object;
}

/** What the Gateway API's own definitions say of an object: their schema, without its rules in CEL. */
export interface GatewayDefinitions {
  readonly version: string;
  /** Gives it what is said of it by default. @returns undefined: it is one */
  whyNot(object: GatewayObject): string | undefined;
}

/** The folder of the definitions, by Go, from the Go module proxy, by its checksum; undefined: they cannot be had here. */
export function gatewayDefinitionsFolder(): string | undefined {
  try {
    const module = `sigs.k8s.io/gateway-api@${version}`;
    const told = execFileSync('go', ['mod', 'download', '-json', module], { encoding: 'utf8', cwd: tmpdir() });
    const { Dir, Sum } = JSON.parse(told) as { Dir: string; Sum: string };
    return Sum === sum ? join(Dir, 'config', 'crd', 'standard') : undefined;
  } catch {
    return undefined;
  }
}

/** undefined: they cannot be had here. */
export function gatewayDefinitions(): GatewayDefinitions | undefined {
  const folder = gatewayDefinitionsFolder();
  if (folder === undefined) return undefined;
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true, useDefaults: true });
  const checks = new Map(
    ['HTTPRoute', 'Gateway', 'GatewayClass'].map((kind) => {
      const plural = kind === 'GatewayClass' ? 'gatewayclasses' : `${kind.toLowerCase()}s`;
      const { spec } = parse(readFileSync(join(folder, `${group}_${plural}.yaml`), 'utf8')) as {
        spec: { versions: { name: string; schema: { openAPIV3Schema: object } }[] };
      };
      const schema = spec.versions.find(({ name }) => name === 'v1')?.schema.openAPIV3Schema;
      return [kind, ajv.compile(closed(schema) as object)] as const;
    }),
  );
  return {
    version,
    whyNot(object) {
      const check = checks.get(object.kind);
      if (!check) return `no definition of ${object.kind}`;
      return check(object) ? undefined : ajv.errorsText(check.errors);
    },
  };
}

/** The API server drops what a schema does not name; here it is refused. */
function closed(schema: unknown, isRoot = true): unknown {
  if (Array.isArray(schema)) return schema.map((each) => closed(each, false));
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema).map(([key, value]) => [key, closed(value, false)] as const);
  const isObject = 'properties' in schema && !('additionalProperties' in schema);
  const isFree = isRoot || Reflect.get(schema, 'x-kubernetes-preserve-unknown-fields') === true;
  return { ...Object.fromEntries(entries), ...(isObject && !isFree ? { additionalProperties: false } : {}) };
}

/**
 * An API server that is another's, with the Gateway API before it: objects in memory, listed, watched, and told their status as by
 * Kubernetes. It stands in for definitions, which the embedded cluster does not take.
 */
export class GatewayApi {
  readonly objects = new Map<string, GatewayObject>();
  readonly #watches = new Set<{ plural: string; response: ServerResponse }>();
  #version = 1;
  #server = createServer((message, response) => void this.#serve(message, response));

  private constructor(
    private readonly behind: { readonly server: string; readonly ca: Buffer; readonly token: string },
    private readonly definitions: GatewayDefinitions,
  ) {}

  /** @param kubeconfig of the other one */
  static async start(kubeconfig: string, definitions: GatewayDefinitions): Promise<GatewayApi> {
    const { clusters, users } = parse(readFileSync(kubeconfig, 'utf8')) as {
      clusters: { cluster: { server: string; 'certificate-authority-data': string } }[];
      users: { user: { token: string } }[];
    };
    const { server = '', 'certificate-authority-data': authority = '' } = clusters[0]?.cluster ?? {};
    const behind = { server, ca: Buffer.from(authority, 'base64'), token: users[0]?.user.token ?? '' };
    const api = new GatewayApi(behind, definitions);
    await new Promise<void>((resolve) => api.#server.listen(0, '127.0.0.1', resolve));
    return api;
  }

  get url(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  }

  /** @throws where the definitions do not allow it */
  put(object: GatewayObject): void {
    const whole = structuredClone(object);
    const why = this.definitions.whyNot(whole);
    if (why !== undefined) throw new Error(`${object.kind} ${object.metadata.name}: ${why}`);
    this.#store(whole, this.objects.has(keyOf(whole)) ? 'MODIFIED' : 'ADDED');
  }

  remove(object: GatewayObject): void {
    this.objects.delete(keyOf(object));
    this.#tell('DELETED', object);
  }

  async dispose(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #store(object: GatewayObject, type: string): void {
    const uid = `uid-${keyOf(object)}`;
    const marks = { uid, resourceVersion: String(++this.#version), generation: 1 };
    const stored = { ...object, metadata: { creationTimestamp: '2026-01-01T00:00:00Z', ...object.metadata, ...marks } };
    this.objects.set(keyOf(object), stored);
    this.#tell(type, stored);
  }

  #tell(type: string, object: GatewayObject): void {
    for (const { plural, response } of this.#watches)
      if (plural === pluralOf(object.kind)) response.write(`${JSON.stringify({ type, object })}\n`);
  }

  async #serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(message.url ?? '/', 'http://x');
    const [, , of, apiVersion = '', ...rest] = url.pathname.split('/');
    if (of !== group) return this.#pass(message, response);
    const [first = '', namespace = '', ...named] = rest;
    const [plural = '', name = '', part = ''] = first === 'namespaces' ? named : rest;
    const found = [...this.objects.values()].find(
      ({ kind, metadata }) =>
        pluralOf(kind) === plural &&
        metadata.name === name &&
        (first !== 'namespaces' || metadata.namespace === namespace),
    );
    const say = (status: number, body: object): void =>
      void response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
    if (name !== '' && !found) return say(404, { kind: 'Status', apiVersion: 'v1', code: 404, reason: 'NotFound' });
    if (found && message.method === 'PUT' && part === 'status') {
      const { status } = JSON.parse(await textOf(message)) as GatewayObject;
      this.#store({ ...found, status: status ?? {} }, 'MODIFIED');
    }
    if (found) return say(200, this.objects.get(keyOf(found)) ?? {});
    const items = [...this.objects.values()].filter(({ kind }) => pluralOf(kind) === plural);
    if (url.searchParams.get('watch') === null) {
      const metadata = { resourceVersion: String(this.#version) };
      return say(200, { kind: `${listKind(plural)}List`, apiVersion: `${group}/${apiVersion}`, metadata, items });
    }
    response.writeHead(200, { 'Content-Type': 'application/json' }).flushHeaders();
    // A list that comes as a watch, as newer clients ask for it (KEP-3157).
    if (url.searchParams.get('sendInitialEvents') === 'true') {
      for (const object of items) response.write(`${JSON.stringify({ type: 'ADDED', object })}\n`);
      const annotations = { 'k8s.io/initial-events-end': 'true' };
      const metadata = { resourceVersion: String(this.#version), annotations };
      const object = { kind: listKind(plural), apiVersion: `${group}/${apiVersion}`, metadata };
      response.write(`${JSON.stringify({ type: 'BOOKMARK', object })}\n`);
    }
    const watch = { plural, response };
    this.#watches.add(watch);
    response.once('close', () => this.#watches.delete(watch));
    return undefined;
  }

  #pass(message: IncomingMessage, response: ServerResponse): void {
    const { server, ca, token } = this.behind;
    const { host: _, ...headers } = message.headers;
    const agent = new Agent({ ca });
    const target = new URL(message.url ?? '/', server);
    const options = { method: message.method, agent, headers: { ...headers, authorization: `Bearer ${token}` } };
    const passed = request(target, options, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers).flushHeaders();
      answer.pipe(response);
    });
    passed.once('error', () => response.destroy());
    response.once('close', () => passed.destroy());
    message.pipe(passed);
  }
}

const keyOf = ({ kind, metadata }: GatewayObject): string => `${kind}-${metadata.namespace ?? ''}-${metadata.name}`;
/** Those that Traefik asks for. */
const kinds: Readonly<Record<string, string>> = {
  gatewayclasses: 'GatewayClass',
  gateways: 'Gateway',
  httproutes: 'HTTPRoute',
  grpcroutes: 'GRPCRoute',
  tlsroutes: 'TLSRoute',
  tcproutes: 'TCPRoute',
  backendtlspolicies: 'BackendTLSPolicy',
  referencegrants: 'ReferenceGrant',
};
const listKind = (plural: string): string => kinds[plural] ?? '';
const pluralOf = (kind: string): string => Object.keys(kinds).find((plural) => kinds[plural] === kind) ?? '';

async function textOf(message: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of message.setEncoding('utf8')) text += String(chunk);
  return text;
}
