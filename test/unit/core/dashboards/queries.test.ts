import { parser as logQl } from '@grafana/lezer-logql';
import { parser as promQl } from '@prometheus-io/lezer-promql';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  dashboardUrl,
  exploreLogsUrl,
  panelUrl,
  traceSearchUrl,
  type DashboardView,
} from '../../../../src/core/dashboards/dashboardLinks';
import { environmentPanels } from '../../../../src/core/dashboards/environmentPanels';
import { quoted, selector } from '../../../../src/core/dashboards/queryText';
import { grafanaScope, namespaceScope } from '../../../../src/core/dashboards/scope';
import { namesFromSlug, slugCandidates } from '../../../../src/core/naming';

type Parser = typeof promQl;

/** Where a parser met what its language has not; undefined when it understood all. */
function misunderstood(parser: Parser, query: string): string | undefined {
  let found: string | undefined;
  parser.parse(query).iterate({
    enter: (node) => {
      if (node.type.isError) found ??= `${node.from}: ${query}`;
    },
  });
  return found;
}

/** The texts between quotes of a query, as its parser sees them. */
function strings(parser: Parser, query: string): string[] {
  const found: string[] = [];
  parser.parse(query).iterate({
    enter: (node) => {
      if (node.name === 'StringLiteral' || node.name === 'String') found.push(query.slice(node.from, node.to));
    },
  });
  return found;
}

const parsers = { prometheus: promQl, loki: logQl } as const;
const queries = environmentPanels.flatMap(({ name, source, queries: all }) =>
  source === 'jaeger' ? [] : all.map((query) => ({ ...query, name, source })),
);

const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom('"', '\\', '`', '{', '}', '\n', '\r', '\u2028', '$', '(', ')', '|', 'a', '\u0000'),
  }),
  fc.constantFrom('"} or vector(1) #', '\\"} |= "', '`', '${namespace}', '$namespace', '\ud800'),
);
const branch = fc.oneof(hostile, fc.constantFrom('earl/FIB-123', '$(id)', 'x"y\'z', 'a{{.Values.x}}', '日本語'));
const sha256 = (text: string): string =>
  Array.from({ length: 64 }, (_, at) => (text.charCodeAt(at % Math.max(1, text.length)) % 16 || 0).toString(16)).join(
    '',
  );
const namespaceOf = (name: string): string =>
  namesFromSlug(slugCandidates('0123456789ab', `refs/heads/${name}`, sha256).next().value).namespace;
const view = (namespace: string): DashboardView => ({ namespace, from: 'now-1h', to: 'now' });

describe('queries', () => {
  it.each(queries)('$name is understood by the parser of $source, and asks for one namespace', ({ source, text }) => {
    const query = text(namespaceScope('worktree-a'));
    expect(misunderstood(parsers[source], query)).toBeUndefined();
    expect(strings(parsers[source], query)).toContain('"worktree-a"');
    // Without a selector a metric is everybody's.
    expect(query.match(/[a-z_]+_(total|bytes|seconds|count|bucket)(?!\{)\b(?![a-z_{])/g) ?? []).toEqual([]);
  });

  it('the parsers refuse what is none', () => {
    expect(misunderstood(promQl, 'sum by (service) (rate(x{namespace="a"}[5m])')).toBeDefined();
    expect(misunderstood(logQl, '{a="b"')).toBeDefined();
  });

  it('for Grafana are the same, with its variables', () => {
    for (const { text, source } of queries) {
      const query = text(grafanaScope).replaceAll('$namespace', 'worktree-a').replaceAll('$__rate_interval', '5m');
      expect(query).toBe(text(namespaceScope('worktree-a')));
      expect(misunderstood(parsers[source], query)).toBeUndefined();
    }
  });

  it('a namespace derived from any branch is taken as it is', () => {
    fc.assert(
      fc.property(branch, (name) => {
        const namespace = namespaceOf(name);
        for (const { source, text } of queries) {
          const query = text(namespaceScope(namespace));
          expect(misunderstood(parsers[source], query)).toBeUndefined();
          expect(strings(parsers[source], query)).toContain(`"${namespace}"`);
        }
      }),
    );
  });

  it('what is no name of a namespace gets into no query and no address', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        fc.pre(!/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(text));
        expect(() => namespaceScope(text)).toThrow(/no name of a namespace/);
        expect(() => panelUrl('http://grafana.localhost', 'cpu', view(text))).toThrow(/no name of a namespace/);
        expect(() => traceSearchUrl('http://jaeger.localhost', text, 'web')).toThrow(/no name of a namespace/);
      }),
    );
    expect(() => namespaceScope('a'.repeat(64))).toThrow();
    expect(() => namespaceScope('a', '5m])) or vector(1')).toThrow(/no duration/);
  });

  it('whatever a value is, it stays one string of the query', () => {
    fc.assert(
      fc.property(hostile, hostile, (value, pattern) => {
        for (const parser of [promQl, logQl]) {
          const query =
            parser === promQl ? `up${selector({ a: value }, { b: pattern })}` : selector({ a: value }, { b: pattern });
          expect(misunderstood(parser, query)).toBeUndefined();
          expect(strings(parser, query)).toEqual([quoted(value), quoted(pattern)]);
        }
      }),
    );
    expect(() => selector({ 'a="b",c': 'd' })).toThrow(/no label/);
  });

  it('the value is what it was: Go reads the string as JSON does', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (value) => {
        expect(JSON.parse(quoted(value))).toBe(value);
      }),
    );
  });
});

describe('addresses', () => {
  const base = 'https://example.test:8443/grafana/';

  it('name the panel, the namespace and the time, below a path of its own', () => {
    const url = new URL(
      panelUrl(base, 'latency', { ...view('worktree-a'), refresh: '10s', theme: 'dark', service: 'a&b=c#d' }),
    );
    expect(url.origin + url.pathname).toBe('https://example.test:8443/grafana/d-solo/coppice-environment/environment');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      panelId: '3',
      'var-namespace': 'worktree-a',
      'var-service': 'a&b=c#d',
      from: 'now-1h',
      to: 'now',
      refresh: '10s',
      theme: 'dark',
    });
    expect(new URL(dashboardUrl(base, view('worktree-a'))).pathname).toBe('/grafana/d/coppice-environment/environment');
  });

  it('stay at the address that was given, whatever the rest is', () => {
    fc.assert(
      fc.property(branch, hostile, (name, service) => {
        const namespace = namespaceOf(name);
        const addresses = [
          panelUrl(base, 'logs', { ...view(namespace), service }),
          dashboardUrl(base, { ...view(namespace), service }),
          exploreLogsUrl(base, { ...view(namespace), service }),
          traceSearchUrl(base, namespace, service),
        ].map((address) => new URL(address));
        for (const url of addresses) {
          expect(url.origin).toBe('https://example.test:8443');
          expect(url.pathname.startsWith('/grafana/')).toBe(true);
          expect(url.hash).toBe('');
        }
        const panes: unknown = JSON.parse(addresses[2]?.searchParams.get('panes') ?? '');
        const expr = selector({ k8s_namespace_name: namespace, service_name: service });
        expect(panes).toMatchObject({ logs: { queries: [{ expr }] } });
        expect(misunderstood(logQl, expr)).toBeUndefined();
        expect(JSON.parse(addresses[3]?.searchParams.get('tags') ?? '')).toEqual({ 'k8s.namespace.name': namespace });
      }),
    );
  });

  it('are refused where they would be something else', () => {
    for (const wrong of ['javascript:alert(1)', 'file:///etc/passwd', 'grafana.localhost', ''])
      expect(() => panelUrl(wrong, 'cpu', view('worktree-a'))).toThrow(/no http or https address/);
    expect(() => panelUrl(base, 'cpu', { ...view('worktree-a'), from: 'now-1h&x=y' })).toThrow(/no moment/);
    expect(() => panelUrl(base, 'cpu', { ...view('worktree-a'), refresh: '0s;' })).toThrow(/no duration/);
  });
});
