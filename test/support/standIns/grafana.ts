import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { notFound, serve, type Asked, type Said } from './serve';

interface Source {
  readonly uid: string;
  readonly type: string;
  readonly url: string;
}
interface Dashboard {
  readonly uid: string;
  readonly panels: readonly { readonly id: number }[];
}

/** What tells of each kind of source that it answers. */
const health = new Map([
  ['prometheus', 'api/v1/query?query=1%2B1'],
  ['loki', 'loki/api/v1/labels'],
  ['jaeger', 'api/services'],
]);

/** What is provisioned in files, told by Grafana's documented HTTP API to whom its variables let in. */
export class Grafana {
  readonly #sources = yaml<{ datasources: Source[] }>('datasources').flatMap(({ datasources }) => datasources);
  readonly #dashboards = yaml<{ providers: { options: { path: string } }[] }>('dashboards')
    .flatMap(({ providers }) => providers)
    .flatMap(({ options }) => files(options.path, '.json'))
    .map((file) => JSON.parse(readFileSync(file, 'utf8')) as Dashboard);

  constructor(readonly env: Readonly<Record<string, string | undefined>>) {}

  start(): void {
    writeFileSync('/var/lib/grafana/grafana.db', '');
    serve(`0.0.0.0:${this.env['GF_SERVER_HTTP_PORT'] ?? 3000}`, async (asked) => {
      const said = await this.#answer(asked);
      if (this.env['GF_SECURITY_ALLOW_EMBEDDING'] === 'true') return said;
      return { ...said, headers: { ...said.headers, 'X-Frame-Options': 'deny' } };
    });
  }

  async #answer({ path, query, headers }: Asked): Promise<Said> {
    if (path === '/api/health') return { body: { database: 'ok', version: 'stand-in', commit: 'stand-in' } };
    const { GF_SECURITY_ADMIN_USER: user, GF_SECURITY_ADMIN_PASSWORD: password } = this.env;
    const isAdmin = headers.authorization === `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
    if (!isAdmin && (headers.authorization !== undefined || this.env['GF_AUTH_ANONYMOUS_ENABLED'] !== 'true'))
      return { status: 401, body: { message: 'Unauthorized' } };
    if (path === '/api/datasources')
      return isAdmin ? { body: this.#sources } : { status: 403, body: { message: 'Permission denied' } };
    const [, dashboardUid] = /^\/(?:api\/dashboards\/uid|d-solo)\/([^/]+)/.exec(path) ?? [];
    const dashboard = this.#dashboards.find(({ uid }) => uid === dashboardUid);
    if (dashboard && path.startsWith('/api/')) return { body: { meta: { provisioned: true }, dashboard } };
    if (dashboard?.panels.some(({ id }) => String(id) === query.get('panelId')))
      return { headers: { 'Content-Type': 'text/html' }, body: '<!DOCTYPE html><title>Grafana' };
    const [, proxied] = /^\/api\/datasources\/proxy\/uid\/([^/]+)\//.exec(path) ?? [];
    const [, checked] = /^\/api\/datasources\/uid\/([^/]+)\/health$/.exec(path) ?? [];
    const source = this.#sources.find(({ uid }) => uid === (proxied ?? checked));
    if (!source) return notFound;
    if (checked !== undefined) return this.#check(source);
    const rest = path.split('/').slice(6).join('/');
    const answer = await fetch(`${source.url}/${rest}?${query.toString()}`);
    return { status: answer.status, headers: { 'Content-Type': 'application/json' }, body: await answer.text() };
  }

  async #check({ type, url }: Source): Promise<Said> {
    const error = await fetch(`${url}/${health.get(type)}`).then(
      ({ ok, status }) => (ok ? '' : `HTTP status ${status}`),
      (reason: unknown) => String(reason),
    );
    return error === '' ? { body: { status: 'OK' } } : { status: 400, body: { status: 'ERROR', message: error } };
  }
}

function yaml<T>(kind: string): T[] {
  return files(`/etc/grafana/provisioning/${kind}`, '.yaml').map((file) => parse(readFileSync(file, 'utf8')) as T);
}

function files(folder: string, end: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(end))
    .map((name) => join(folder, name));
}
