import { kubernetesHarness } from '../../support/kubernetesHarness';
import { printing } from '../../support/lines';
import { embeddedPlace } from '../../support/place';
import { clusterContract } from './clusterContract';
import { version } from '../../../package.json';
import { verifies } from '../../support/verified';

verifies('Embedded cluster', () => version, {
  obtained: 'this repository',
  asked: 'the contract that every cluster keeps: namespaces, secrets, watches and their owners',
});

clusterContract(
  'the embedded cluster',
  async () => {
    const place = await embeddedPlace();
    const annotations = { 'coppice.dev/folder': place.folder };
    const harness = kubernetesHarness(place.kubeconfig, place.image, printing(place.node), annotations);
    return {
      ...harness,
      async dispose() {
        await harness.dispose();
        await place.dispose();
      },
    };
  },
  60_000,
);
