import { type Answer, type CallOptions, type KubeWatch } from '../support/kubeConnection';

/** What the tests of a Kubernetes API share: a namespace, its paths, and calls that say what they expect. */
export interface ApiUnderTest {
  readonly namespace: string;
  readonly core: string;
  readonly apps: string;
  readonly call: (method: string, path: string, body?: unknown, options?: CallOptions) => Promise<Answer>;
  readonly configMap: (name: string, data?: Record<string, string>, metadata?: object) => object;
  readonly create: (path: string, body: object) => Promise<Answer['json']>;
  readonly watch: (path: string) => Promise<KubeWatch>;
  readonly fieldsOf: (answer: Answer) => unknown[];
}

/** A deployment of nothing: no image is pulled, no container started. */
export function deploymentSpec(app: string): object {
  const main = { name: 'main', image: 'main:1', env: [{ name: 'A', value: '1' }], ports: [{ containerPort: 80 }] };
  return {
    replicas: 0,
    selector: { matchLabels: { app } },
    template: { metadata: { labels: { app } }, spec: { containers: [main] } },
  };
}
