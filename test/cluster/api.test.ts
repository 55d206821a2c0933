import { describe } from 'vitest';
import { kubernetesApiContract } from '../contract/kubernetesApi';
import { realPlace } from '../support/place';
import { verifiesKubernetes } from '../support/toolVersions';

verifiesKubernetes();

describe('the API of a real Kubernetes', () => {
  kubernetesApiContract(async () => (await realPlace()).kubeconfig.path);
});
