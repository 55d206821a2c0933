import { describe, expect, it } from 'vitest';
import { EnvironmentIndex } from '../../../../../src/adapters/kubernetes/watch/environmentIndex';
import { toEnvironment } from '../../../../../src/core/services/health';

const labels = { 'coppice.dev/repository': 'aa', 'coppice.dev/worktree': 'bb' };
const path = { path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 3000 } } } };

/** URLs of the service behind an ingress whose controller says this of itself. */
function urls(status: object, ingressPort?: () => number | undefined): readonly string[] | undefined {
  const index = new EnvironmentIndex(ingressPort);
  index.replace('namespaces', [{ metadata: { name: 'one', labels } }]);
  index.replace('deployments', [
    { metadata: { name: 'web', namespace: 'one', labels: { ...labels, 'coppice.dev/service': 'web' } } },
  ]);
  index.replace('ingresses', [
    {
      metadata: { name: 'worktree', namespace: 'one' },
      spec: { rules: [{ host: 'x.localhost', http: { paths: [path] } }] },
      status,
    },
  ]);
  const [facts] = index.environments();
  return facts && toEnvironment(facts).services.find(({ name }) => name === 'web')?.urls;
}

describe('the port in a URL', () => {
  const traefik = { loadBalancer: { ingress: [{ ip: '172.18.0.3' }] } };
  const embedded = { loadBalancer: { ingress: [{ ip: '127.0.0.1', ports: [{ port: 8080, protocol: 'TCP' }] }] } };

  it('is what the ingress says of itself, else 80, which no URL names', () => {
    expect(urls(embedded)).toEqual(['http://x.localhost:8080/']);
    expect(urls(traefik)).toEqual(['http://x.localhost/']);
    expect(urls(traefik, () => undefined)).toEqual(['http://x.localhost/']);
  });

  it("is the load balancer's on this machine where that is known: the ingress tells one of the cluster's own network", () => {
    expect(urls(traefik, () => 8081)).toEqual(['http://x.localhost:8081/']);
    expect(urls(embedded, () => 8081)).toEqual(['http://x.localhost:8081/']);
    expect(urls(traefik, () => 80)).toEqual(['http://x.localhost/']);
  });
});
