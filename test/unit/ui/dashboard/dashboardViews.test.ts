import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { metricsUrl } from '../../../../src/core/dashboards/metricsUrl';
import { environmentView } from '../../../../src/ui/dashboard/environmentView';
import { grafanaNotice } from '../../../../src/ui/dashboard/grafanaNotice';
import { pageHtml } from '../../../../src/ui/dashboard/pageHtml';
import { framesOf, linksOf } from '../../../../src/ui/dashboard/panelsView';
import { firstView, isToPage, type ToPage } from '../../../../webview/protocol';
import { anEntry, anEnvironment, aService, aSnapshot, aWorktree, hostileTexts, offline } from '../builders';

const folder = '/repo.worktrees/feature';
const grafana = 'http://127.0.0.1:3000';

describe('what the page is told of an environment', () => {
  it('is its name, how it is, and its services', () => {
    expect(environmentView(aSnapshot(), folder)).toMatchObject({
      name: 'feature',
      namespace: 'worktree-feature',
      state: 'healthy 1/1',
      tone: 'good',
      offline: '',
      services: [{ name: 'backend', tone: 'good', ready: 1, desired: 1 }],
    });
    expect(environmentView(aSnapshot(), '/repo')).toMatchObject({
      name: 'main',
      state: 'no environment',
      namespace: '',
    });
    expect(environmentView(aSnapshot(), '/elsewhere')).toMatchObject({ name: 'elsewhere', state: 'worktree is gone' });
    expect(environmentView(aSnapshot({ cluster: offline }), folder).offline).toContain('last known state');
  });

  it('is something that the protocol takes, whatever the texts are', () => {
    for (const text of [...hostileTexts, 'x'.repeat(5000)]) {
      const services = [aService({ name: text, state: text, reason: text })];
      const entry = anEntry({ worktree: aWorktree({ branch: text }), environment: anEnvironment({ services }) });
      const environment = environmentView(aSnapshot({ entries: [entry] }), folder);
      expect(isToPage({ type: 'environment', environment }), text.slice(0, 50)).toBe(true);
      const notice = grafanaNotice(`http://${text}`, { state: 'away', reason: text }, true);
      expect(isToPage({ type: 'panels', source: 'own', frames: [], links: [], notice, view: firstView })).toBe(true);
    }
  });
});

describe('notices', () => {
  it.each([
    ['away', { state: 'away', reason: 'nothing listens there' }, ['check', 'settings']],
    ['foreign', { state: 'foreign', reason: 'HTTP status 404' }, ['settings', 'check']],
    [
      'refusing frames',
      { state: 'refusesFrames', header: 'X-Frame-Options: deny' },
      ['allowEmbedding', 'openGrafana', 'check'],
    ],
    ['wanting a login', { state: 'wantsLogin' }, ['allowViewing', 'openGrafana', 'check']],
    ['without the dashboard', { state: 'lacksDashboard' }, ['openGrafana', 'check']],
  ] as const)('of a Grafana %s say which, where, and what to do', (_, state, fixes) => {
    const notice = grafanaNotice(grafana, state, true);
    expect(notice?.text).toContain(grafana);
    expect(notice?.fixes.map(({ fix }) => fix)).toEqual(fixes);
  });

  it("offer infra where Grafana is infra's", () => {
    expect(grafanaNotice(grafana, { state: 'away', reason: 'x' }, false)?.fixes.map(({ fix }) => fix)).toContain(
      'setUpInfra',
    );
    expect(grafanaNotice(grafana, { state: 'ready' }, false)).toBeNull();
  });
});

describe('addresses', () => {
  const label = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,40}[a-z0-9])?$/);
  const input = (namespace: string, service: string) => ({
    addresses: {
      grafana: `${grafana}/sub`,
      prometheus: 'http://127.0.0.1:9090',
      loki: undefined,
      jaeger: 'http://127.0.0.1:16686',
    },
    namespace,
    view: { ...firstView, service },
    theme: 'dark' as const,
    services: ['backend'],
  });

  it('hold the namespace and the service as data, whatever the service is called', () => {
    fc.assert(
      fc.property(label, fc.string({ unit: 'binary', maxLength: 60 }), (namespace, service) => {
        for (const { url } of framesOf(`${grafana}/sub`, input(namespace, service))) {
          const { origin, pathname, searchParams, hash } = new URL(url);
          expect([origin, pathname, hash]).toEqual([grafana, '/sub/d-solo/coppice-environment/environment', '']);
          expect(searchParams.getAll('var-namespace')).toEqual([namespace]);
          expect(searchParams.getAll('panelId')).toHaveLength(1);
        }
        const origins = linksOf(input(namespace, service)).map(({ url }) => new URL(url).origin);
        expect(origins).toEqual([grafana, grafana, 'http://127.0.0.1:16686', 'http://127.0.0.1:9090']);
      }),
      { numRuns: 50 },
    );
  });

  it('are made of nothing that is no name of a namespace', () => {
    fc.assert(
      fc.property(
        fc.string().filter((text) => text.length > 63 || !/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(text)),
        (text) => {
          expect(() => framesOf(grafana, input(text, ''))).toThrow(/namespace/);
          expect(() => metricsUrl(grafana, 'cpu', text, '1h')).toThrow(/namespace/);
        },
      ),
    );
  });
});

describe('the document', () => {
  const parts = {
    cspSource: 'https://files.example',
    script: 'https://files.example/dashboard.js',
    style: 'https://files.example/style.css',
    nonce: 'abc',
    styleNonce: 'def',
    frameOrigin: grafana,
    worktree: folder,
    first: [],
  };

  it('has a policy that allows its own script, style and one frame origin, and nothing else', () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/
      .exec(pageHtml(parts))?.[1]
      ?.replaceAll('&#39;', "'");
    expect(policy?.split('; ')).toEqual([
      "default-src 'none'",
      "script-src 'nonce-abc'",
      "style-src https://files.example 'nonce-def'",
      `frame-src ${grafana}`,
      "base-uri 'none'",
      "form-action 'none'",
    ]);
    expect(pageHtml({ ...parts, frameOrigin: undefined })).toContain('frame-src &#39;none&#39;');
  });

  it('carries what it shows first as data, from which nothing breaks out', () => {
    for (const text of ['</script><script>alert(1)</script>', '<!--<script>', '\u2028', '&quot;', ...hostileTexts]) {
      const first: ToPage[] = [{ type: 'feed', failure: text }];
      const html = pageHtml({ ...parts, worktree: `/${text}"><img src=x>`, first });
      expect(html.match(/<script/g)).toHaveLength(2);
      expect(html.match(/<\/script>/g)).toHaveLength(2);
      expect(html).not.toContain('<img');
      const data = /type="application\/json">(.*?)<\/script>/.exec(html)?.[1] ?? '';
      expect(JSON.parse(data)).toEqual(first);
    }
  });
});
