import { clusterContract } from '../contract/kubernetes/clusterContract';
import { kubernetesHarness } from '../support/kubernetesHarness';
import { printing } from '../support/lines';
import { realPlace } from '../support/place';
import { verifiesKubernetes } from '../support/toolVersions';

verifiesKubernetes('the contract that every cluster keeps: namespaces, secrets, watches and their owners');

clusterContract(
  'a real Kubernetes',
  async () => {
    const place = await realPlace();
    return kubernetesHarness(place.kubeconfig, place.image, printing(place.node), {});
  },
  90_000,
);
