import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chart } from '../support/helm';
import {
  combinations,
  infraChart,
  infraParts,
  ownAddresses,
  render,
  renderAll,
  type KubeObject,
} from '../support/infraChart';
import { connect, type KubeConnection } from '../support/kubeConnection';
import { installGatewayApi } from '../support/installGatewayApi';
import { objectPaths, type ObjectPath } from '../support/objectPaths';
import { realPlace } from '../support/place';
import { verifiesKubernetes } from '../support/toolVersions';
import { completeValues } from '../support/worktreeValues';
import { commonVariants, worktreeVariants } from '../support/worktreeVariants';

verifiesKubernetes(
  'a server-side dry run of every object of both charts for every choice of parts; of routes of the Gateway API on servers that it is made for',
);

// The API server's own word on all that the charts can make: its schema, its admission and what it refuses.
describe('a server-side dry run of all that the charts can make', { timeout: 300_000 }, () => {
  const mark = Math.random().toString(16).slice(2, 8).padEnd(6, '0');
  /** By the Pod Security Standard that the server warns of there. */
  const namespaces = { restricted: `dry-run-${mark}-restricted`, baseline: `dry-run-${mark}-baseline` } as const;
  let api: KubeConnection;
  let minor: number;
  let pathOf: ObjectPath;
  let removeGatewayApi: (() => Promise<void>) | undefined;

  beforeAll(async () => {
    api = await connect((await realPlace()).kubeconfig.path);
    const { gitVersion } = (await api.call('GET', '/version')).json;
    minor = Number(/^v1\.(\d+)/.exec(gitVersion)?.[1]);
    for (const [level, name] of Object.entries(namespaces)) {
      const labels = { 'pod-security.kubernetes.io/warn': level };
      const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
      expect((await api.call('POST', '/api/v1/namespaces', { body })).status).toBe(201);
    }
    removeGatewayApi = await installGatewayApi(api);
    pathOf = await objectPaths(api);
  });
  afterAll(async () => {
    for (const name of Object.values(namespaces)) await api.call('DELETE', `/api/v1/namespaces/${name}`);
    await removeGatewayApi?.();
    api.close();
  });

  /** What the server refuses of it, and what it warns of: a version that goes, a field that it does not know, a pod's rights. */
  const dryRun = async (object: KubeObject): Promise<string[]> => {
    const { apiVersion, kind, metadata } = object;
    const where = pathOf(object);
    if (where === undefined) return [`there is no ${apiVersion} ${kind}`];
    const path = `${where}?dryRun=All&fieldManager=coppice-test&force=true&fieldValidation=Strict`;
    const answer = await api.call('PATCH', path, { body: object, type: 'application/apply-patch+yaml' });
    const said = answer.status < 300 ? answer.warnings : [String(answer.json?.message ?? answer.text)];
    return said.map((text) => `${kind} ${metadata.name}: ${text}`);
  };

  /** One of each: most of what a combination makes another makes just so. */
  const distinct = (rendered: readonly (readonly KubeObject[])[]): KubeObject[] => {
    const found = new Map<string, KubeObject>();
    for (const object of rendered.flat()) {
      // A password is another one each time.
      const key = object.kind === 'Secret' ? `Secret ${object.metadata.name}` : JSON.stringify(object);
      found.set(key, object);
    }
    return [...found.values()];
  };

  const problemsOf = async (objects: readonly KubeObject[]): Promise<string[]> => {
    const problems: string[] = [];
    for (let at = 0; at < objects.length; at += 8) {
      const some = await Promise.all(objects.slice(at, at + 8).map(dryRun));
      problems.push(...some.flat());
    }
    return problems;
  };

  /** Holds what needs a node's folder to that: the server, if it knows the standards, says so, and nothing else. */
  const expectNodeFolder = async (objects: readonly KubeObject[], words: RegExp): Promise<void> => {
    expect(objects.length).toBeGreaterThan(0);
    const problems = await problemsOf(objects);
    expect(problems.filter((one) => !words.test(one))).toEqual([]);
    // Servers have held pods to the standards since 1.23.
    expect(problems).toHaveLength(minor >= 23 ? objects.length : 0);
  };

  test('charts/infra, each part on or off, or somebody else’s: as restricted as pods can be', async () => {
    const variants = [
      ...combinations(),
      ...infraParts.map((part) => ({ [part]: ownAddresses[part] })),
      ownAddresses,
      { global: { persistence: false } },
      { global: { storageClass: 'fast', registry: 'mirror.test:5000' }, ingress: { class: 'traefik' } },
      { ingress: { enabled: false }, network: { enabled: false } },
      { collector: { podLogs: { enabled: false } } },
    ];
    const objects = distinct(await renderAll(infraChart, namespaces.restricted, variants));
    expect(objects.length).toBeGreaterThan(60);
    // What reads the logs of a node is there for that.
    const isOfNodes = ({ kind }: KubeObject): boolean => kind === 'DaemonSet';
    expect(await problemsOf(objects.filter((one) => !isOfNodes(one)))).toEqual([]);
    const words =
      /^DaemonSet otel-pod-logs: would violate PodSecurity "restricted:latest": restricted volume types \(volume "pods" uses restricted volume type "hostPath"\), runAsNonRoot != true \([^()]*\), runAsUser=0 \([^()]*\)$/;
    await expectNodeFolder(objects.filter(isOfNodes), words);
  });

  test('charts/worktree, every service in every way: nothing more than the services of a person may need', async () => {
    const isOld = minor < 23;
    const variants = isOld ? commonVariants() : worktreeVariants();
    const objects = distinct(await renderAll(chart, namespaces.baseline, variants));
    // Traefik's own kind is known where there is Traefik, the Gateway API's where its definition can be had and is taken.
    const known = objects.filter(({ kind }) => kind !== 'Middleware' && (removeGatewayApi || kind !== 'HTTPRoute'));
    const made = new Set(known.map(({ kind }) => kind));
    expect([made.has('Ingress'), made.has('HTTPRoute')]).toEqual([true, removeGatewayApi !== undefined]);
    if (process.env['CI'] && minor >= 25) expect(removeGatewayApi).toBeDefined();
    expect(known.length).toBeGreaterThan(isOld ? 12 : 1000);
    const isMounted = ({ kind, spec }: KubeObject): boolean =>
      kind === 'Deployment' && JSON.stringify(spec).includes('"hostPath"');
    expect(await problemsOf(known.filter((one) => !isMounted(one)))).toEqual([]);
    const words =
      /^Deployment \S+: would violate PodSecurity "baseline:latest": hostPath volumes \(volume "workspace"\)$/;
    await expectNodeFolder(known.filter(isMounted), words);
  });

  test('what a server does not take is told', async () => {
    const [service] = (await render(infraChart, namespaces.restricted, {})).filter(({ kind }) => kind === 'Service');
    const wrong = {
      ...service,
      spec: { ...service?.['spec'], ports: [{ name: 'http', port: 70_000, protocol: 'TCP' }] },
    };
    expect(await dryRun(wrong as KubeObject)).toEqual([expect.stringMatching(/must be between 1 and 65535/)]);
  });

  test('a route that its definition does not take is told: too many rules, and a path that is none', async (context) => {
    if (!removeGatewayApi) return context.skip('the definition of the Gateway API is not there');
    const routes = (await render(chart, namespaces.baseline, completeValues)).filter(
      ({ kind }) => kind === 'HTTPRoute',
    );
    const [route] = routes;
    if (!route) throw new Error('There is no route.');
    const [rule] = route['spec'].rules;
    const withRules = (rules: readonly object[]): KubeObject => ({ ...route, spec: { ...route['spec'], rules } });
    expect(await dryRun(withRules(Array.from({ length: 17 }, () => rule)))).toEqual([
      expect.stringMatching(/16 items/),
    ]);
    const wrong = { ...rule, matches: [{ path: { type: 'PathPrefix', value: 'no//path' } }] };
    // By a rule in CEL.
    expect(await dryRun(withRules([wrong]))).toEqual([expect.stringMatching(/must not contain '\/\/'/)]);
  });

  test('a field that a server does not know is told', async () => {
    const [service] = (await render(infraChart, namespaces.restricted, {})).filter(({ kind }) => kind === 'Service');
    const wrong = { ...service, spec: { ...service?.['spec'], noSuchField: true } };
    expect(await dryRun(wrong as KubeObject)).toEqual([expect.stringMatching(/noSuchField/)]);
  });

  test('what a server warns of is told', async (context) => {
    // Of each version what its servers deprecate; some deprecate nothing that those before and after them do.
    const deprecated = minor < 22 ? '/apis/networking.k8s.io/v1beta1/ingresses' : '/api/v1/endpoints';
    if (minor >= 22 && minor < 33) return context.skip('nothing is known that it warns of');
    expect((await api.call('GET', deprecated)).warnings).toEqual([expect.stringMatching(/is deprecated in v1\.\d+/)]);
  });
});
