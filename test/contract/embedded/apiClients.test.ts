import { execFile, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import {
  AppsV1Api,
  CoreV1Api,
  KubeConfig,
  Log,
  makeInformer,
  PatchStrategy,
  setHeaderOptions,
  type V1ConfigMap,
} from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { helmPath } from '../../support/helm';
import { startTestApi, type TestApi } from '../../support/apiServer';
import { until } from '../../support/until';

const noKubectl = spawnSync('kubectl', ['version', '--client']).error !== undefined;
const noHelm = spawnSync(helmPath, ['version']).error !== undefined;

let api: TestApi;
let folder: string;

beforeAll(async () => {
  api = await startTestApi();
  folder = await mkdtemp(join(tmpdir(), 'coppice-clients-'));
});

afterAll(async () => {
  await api.close();
  await rm(folder, { recursive: true, force: true });
});

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

function run(command: string, ...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(command, args, { env: api.env, cwd: folder }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr });
    });
  });
}

const kubectl = (...args: string[]): Promise<Ended> => run('kubectl', ...args);
const helm = (...args: string[]): Promise<Ended> => run(helmPath, ...args);

async function succeeded(ended: Promise<Ended>): Promise<string> {
  const { code, stdout, stderr } = await ended;
  expect(code, stderr).toBe(0);
  return stdout;
}

const manifest = (image: string, replicas = 1): string =>
  JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: {
          containers: [{ name: 'web', image, ports: [{ containerPort: 80 }] }],
          terminationGracePeriodSeconds: 1,
        },
      },
    },
  });

describe.skipIf(noKubectl)('kubectl (skipped where it is not installed)', () => {
  const inside = ['-n', 'kubectl'];

  beforeAll(async () => {
    await succeeded(kubectl('create', 'namespace', 'kubectl'));
    await writeFile(join(folder, 'web.json'), manifest('test/sleep:1.0'));
  });

  it('applies, waits for the rollout, and shows it', async () => {
    expect(await succeeded(kubectl(...inside, 'apply', '-f', 'web.json'))).toContain('deployment.apps/web created');
    await succeeded(kubectl(...inside, 'rollout', 'status', 'deployment/web', '--timeout=20s'));
    await succeeded(kubectl(...inside, 'wait', '--for=condition=Available', 'deployment/web', '--timeout=20s'));
    const pods = await succeeded(kubectl('get', 'pods', '-A'));
    expect(pods.split('\n')[0]).toMatch(/^NAMESPACE +NAME +READY +STATUS +RESTARTS +AGE$/);
    expect(pods).toMatch(/kubectl +web-\S+ +1\/1 +Running +0 +\d+s/);
    expect(await succeeded(kubectl(...inside, 'get', 'deployment', 'web', '-o', 'wide'))).toMatch(
      /web +1\/1 +1 +1 +\d+s +web +test\/sleep:1.0 +app=web/,
    );
    expect(await succeeded(kubectl(...inside, 'get', 'all'))).toContain('replicaset.apps/web-');
    expect(await succeeded(kubectl(...inside, 'apply', '-f', 'web.json'))).toContain('unchanged');
  });

  it('describes a pod with its events', async () => {
    const described = await succeeded(kubectl(...inside, 'describe', 'pods', '-l', 'app=web'));
    expect(described).toMatch(/Status: +Running/);
    expect(described).toMatch(/Normal +Scheduled .*Successfully assigned kubectl\/web-/);
  });

  it('prints logs, and follows them', async () => {
    expect(await succeeded(kubectl(...inside, 'logs', 'deployment/web'))).toBe('first of web\nsecond\n');
    expect(await succeeded(kubectl(...inside, 'logs', 'deployment/web', '--tail=1'))).toBe('second\n');
    const following = spawn('kubectl', [...inside, 'logs', '-f', 'deployment/web'], { env: api.env });
    const lines: string[] = [];
    for await (const line of createInterface({ input: following.stdout })) {
      lines.push(line);
      if (line === 'followed') break;
    }
    following.kill();
    expect(lines).toEqual(['first of web', 'second', 'followed']);
  });

  it('scales, labels, annotates and patches', async () => {
    await succeeded(kubectl(...inside, 'scale', 'deployment/web', '--replicas=2'));
    await succeeded(kubectl(...inside, 'rollout', 'status', 'deployment/web', '--timeout=20s'));
    await succeeded(kubectl(...inside, 'label', 'deployment/web', 'tier=front'));
    await succeeded(kubectl(...inside, 'annotate', 'deployment/web', 'note=here'));
    await succeeded(kubectl(...inside, 'patch', 'deployment/web', '-p', '{"spec":{"minReadySeconds":1}}'));
    const shown = await succeeded(
      kubectl(
        ...inside,
        'get',
        'deployment',
        '-l',
        'tier=front',
        '-o',
        'jsonpath={.items[0].spec.replicas}{.items[0].spec.minReadySeconds}',
      ),
    );
    expect(shown).toBe('21');
  });

  it('applies on the server, and hears of conflicts', async () => {
    const apply = (image: string, ...more: string[]): Promise<Ended> =>
      writeFile(join(folder, 'ssa.json'), manifest(image, 0).replaceAll('"web"', '"ssa"')).then(() =>
        kubectl(...inside, 'apply', '--server-side', '-f', 'ssa.json', ...more),
      );
    expect(await succeeded(apply('test/sleep:1.0'))).toContain('serverside-applied');
    const refused = await apply('test/other:1.0', '--field-manager=other');
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain('conflict with "kubectl": .spec.template.spec.containers[name="ssa"].image');
    await succeeded(apply('test/other:1.0', '--field-manager=other', '--force-conflicts'));
  });

  it('goes over from applying itself to applying on the server', async () => {
    const apply = async (image: string, ...more: string[]): Promise<string> => {
      await writeFile(join(folder, 'moved.json'), manifest(image, 0).replaceAll('"web"', '"moved"'));
      return await succeeded(kubectl(...inside, 'apply', '-f', 'moved.json', ...more));
    };
    await apply('test/sleep:1.0');
    await apply('test/sleep:1.0', '--server-side');
    // kubectl has handed its own earlier entry over to the applied one: nobody is in conflict.
    expect(await apply('test/other:1.0', '--server-side')).toContain('serverside-applied');
    const { managedFields } = api.objects.get('Deployment', 'kubectl', 'moved')?.metadata ?? {};
    const owners = managedFields?.filter((entry) => JSON.stringify(entry.fieldsV1).includes('f:image'));
    expect(owners?.map((entry) => `${entry.manager} ${entry.operation}`)).toEqual(['kubectl Apply']);
  });

  it('creates, diffs on the server, and edits config maps', async () => {
    await succeeded(kubectl(...inside, 'create', 'configmap', 'settings', '--from-literal=a=1'));
    const dry = await succeeded(
      kubectl(...inside, 'create', 'configmap', 'dry', '--from-literal=a=1', '--dry-run=server', '-o', 'name'),
    );
    expect(dry.trim()).toBe('configmap/dry');
    const twice = await kubectl(...inside, 'create', 'configmap', 'settings');
    expect(twice.stderr).toContain('configmaps "settings" already exists');
  });

  it('knows what there is and what is allowed', async () => {
    expect(await succeeded(kubectl('api-resources', '-o', 'name'))).toContain('ingresses.networking.k8s.io');
    expect((await succeeded(kubectl('auth', 'can-i', '*', '*'))).trim()).toBe('yes');
    expect(await succeeded(kubectl('get', '--raw', '/readyz'))).toBe('ok');
    expect(await succeeded(kubectl('top', 'pods', '-n', 'default'))).toMatch(/measured +250m +1Mi/);
    const selected = await succeeded(kubectl('top', 'pods', '-n', 'default', '-l', 'app=web', '--containers'));
    expect(selected).toMatch(/measured +web +250m +1Mi/);
    expect(selected).not.toContain('other');
    expect(await succeeded(kubectl('top', 'pods', '-A'))).toMatch(/default +measured/);
    expect(await succeeded(kubectl('top', 'nodes'))).toMatch(/node-1 +1500m +3072Mi/);
    expect(await succeeded(kubectl('get', 'nodes'))).toMatch(/node-1 +Ready/);
  });

  it('restarts a rollout', async () => {
    await succeeded(kubectl(...inside, 'patch', 'deployment/web', '-p', '{"spec":{"minReadySeconds":0,"replicas":1}}'));
    await succeeded(kubectl(...inside, 'rollout', 'restart', 'deployment/web'));
    await succeeded(kubectl(...inside, 'rollout', 'status', 'deployment/web', '--timeout=20s'));
    expect(
      (await succeeded(kubectl(...inside, 'get', 'replicasets', '-l', 'app=web', '-o', 'name'))).trim().split('\n'),
    ).toHaveLength(2);
  });

  it('deletes the namespace with all that is in it', async () => {
    await succeeded(kubectl('delete', 'namespace', 'kubectl', '--timeout=20s'));
    expect(await succeeded(kubectl('get', 'pods', '-A'))).not.toContain('web-');
    expect((await kubectl('get', 'namespace', 'kubectl')).stderr).toContain('namespaces "kubectl" not found');
  });
});

describe.skipIf(noHelm)('helm (skipped where its binary is not for this system)', () => {
  beforeAll(async () => {
    await mkdir(join(folder, 'chart', 'templates'), { recursive: true });
    await writeFile(join(folder, 'chart', 'Chart.yaml'), 'apiVersion: v2\nname: chart\nversion: 1.0.0\n');
    await writeFile(join(folder, 'chart', 'values.yaml'), 'replicas: 1\n');
    const deployment = manifest('test/sleep:1.0').replace('"replicas":1', '"replicas":{{ .Values.replicas }}');
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web' },
      spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
    };
    const backend = { service: { name: 'web', port: { number: 80 } } };
    const ingress = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'web' },
      spec: { rules: [{ host: 'web.localhost', http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }] },
    };
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'web' } };
    const files = {
      deployment,
      service: JSON.stringify(service),
      ingress: JSON.stringify(ingress),
      account: JSON.stringify(account),
    };
    for (const [name, text] of Object.entries(files))
      await writeFile(join(folder, 'chart', 'templates', `${name}.yaml`), text);
  });

  it('installs and waits, lists, upgrades, rolls back and uninstalls', async () => {
    const install = [
      'upgrade',
      '--install',
      'web',
      './chart',
      '-n',
      'helm',
      '--create-namespace',
      '--wait',
      '--timeout',
      '30s',
    ];
    expect(await succeeded(helm(...install))).toContain('STATUS: deployed');
    const available = (): unknown => api.objects.get('Deployment', 'helm', 'web')?.['status'];
    expect(available()).toMatchObject({ availableReplicas: 1 });
    expect(await succeeded(helm('list', '-A'))).toMatch(/web\s+helm\s+1\s.*deployed\s+chart-1.0.0/);
    expect(await succeeded(helm(...install, '--set', 'replicas=2'))).toContain('REVISION: 2');
    expect(available()).toMatchObject({ availableReplicas: 2 });
    await succeeded(helm('rollback', 'web', '1', '-n', 'helm', '--wait', '--timeout', '30s'));
    expect(await succeeded(helm('status', 'web', '-n', 'helm'))).toContain('REVISION: 3');
    await succeeded(helm('uninstall', 'web', '-n', 'helm', '--wait', '--timeout', '30s'));
    expect(await succeeded(helm('list', '-A'))).not.toContain('chart-1.0.0');
    await until(() => api.objects.list('Pod', 'helm').items.length === 0);
    expect(api.objects.list('Secret', 'helm').items).toEqual([]);
  });

  it('says what is wrong with a chart', async () => {
    const answer = await helm(
      'install',
      'web',
      './chart',
      '-n',
      'helm-bad',
      '--create-namespace',
      '--set',
      'replicas=-1',
    );
    expect(answer.code).not.toBe(0);
    expect(answer.stderr).toContain('must be greater than or equal to 0');
  });
});

describe('@kubernetes/client-node', () => {
  const config = (): KubeConfig => {
    const loaded = new KubeConfig();
    loaded.loadFromFile(api.kubeconfig);
    return loaded;
  };

  it('lists, creates, patches and reads errors', async () => {
    const core = config().makeApiClient(CoreV1Api);
    await core.createNamespace({ body: { metadata: { name: 'client-node' } } });
    await core.createNamespacedConfigMap({
      namespace: 'client-node',
      body: { metadata: { name: 'one' }, data: { a: '1' } },
    });
    const patched = await core.patchNamespacedConfigMap(
      { namespace: 'client-node', name: 'one', body: { data: { b: '2' } } },
      setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
    );
    expect(patched.data).toEqual({ a: '1', b: '2' });
    expect((await core.listNamespacedConfigMap({ namespace: 'client-node' })).items).toHaveLength(1);
    await expect(core.readNamespacedConfigMap({ namespace: 'client-node', name: 'two' })).rejects.toMatchObject({
      code: 404,
    });
    const deployments = await config().makeApiClient(AppsV1Api).listDeploymentForAllNamespaces();
    expect(deployments.metadata?.resourceVersion).toMatch(/^\d+$/);
  });

  it('informs of what happens', async () => {
    const loaded = config();
    const core = loaded.makeApiClient(CoreV1Api);
    const seen: string[] = [];
    const informer = makeInformer<V1ConfigMap>(
      loaded,
      '/api/v1/configmaps',
      () => core.listConfigMapForAllNamespaces({ labelSelector: 'informed=yes' }),
      'informed=yes',
    );
    informer.on('add', (object) => seen.push(`add ${object.metadata?.name ?? ''}`));
    informer.on('update', (object) => seen.push(`update ${object.data?.['a'] ?? ''}`));
    informer.on('delete', (object) => seen.push(`delete ${object.metadata?.name ?? ''}`));
    await informer.start();
    const metadata = { name: 'informed', labels: { informed: 'yes' } };
    await core.createNamespacedConfigMap({ namespace: 'default', body: { metadata } });
    await core.replaceNamespacedConfigMap({
      namespace: 'default',
      name: 'informed',
      body: { metadata, data: { a: '2' } },
    });
    await core.deleteNamespacedConfigMap({ namespace: 'default', name: 'informed' });
    await until(() => seen.includes('delete informed'));
    await informer.stop();
    expect(seen).toEqual(['add informed', 'update 2', 'delete informed']);
  });

  it('reads logs', async () => {
    const core = config().makeApiClient(CoreV1Api);
    await core.createNamespacedPod({
      namespace: 'default',
      body: {
        metadata: { name: 'logged' },
        spec: {
          containers: [
            { name: 'main', image: 'test/sleep:1.0' },
            { name: 'silent', image: 'test/sleep:1.0' },
          ],
        },
      },
    });
    const sink = new PassThrough();
    const chunks: Buffer[] = [];
    sink.on('data', (chunk: Buffer) => chunks.push(chunk));
    const ended = new Promise((resolve) => sink.once('end', resolve));
    await new Log(config()).log('default', 'logged', 'main', sink, { follow: false });
    await ended;
    expect(Buffer.concat(chunks).toString()).toBe('first of main\nsecond\n');
    await expect(
      core.readNamespacedPodLog({ namespace: 'default', name: 'logged', container: 'silent' }),
    ).rejects.toMatchObject({ code: 400 });
    await expect(core.readNamespacedPodLog({ namespace: 'default', name: 'logged' })).rejects.toMatchObject({
      code: 400,
    });
  });
});
