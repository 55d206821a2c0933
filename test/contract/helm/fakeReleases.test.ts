import { FakeReleases } from '../../support/fakes/fakeReleases';
import { releasesContract } from './releasesContract';

releasesContract('the fake', async () => {
  const releases = new FakeReleases();
  return {
    releases,
    access: { server: 'https://127.0.0.1:1', kubeconfig: '/nowhere', context: 'fake' },
    async makeNamespace() {},
    async services(namespace) {
      return (releases.installed(namespace, 'one')?.values.services ?? []).map((service) => service.name).sort();
    },
    async dispose() {},
  };
});
