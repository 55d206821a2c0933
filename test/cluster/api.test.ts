import { describe } from 'vitest';
import { kubernetesApiContract } from '../contract/kubernetesApi';
import { realPlace } from '../support/place';
import { verifiesKubernetes } from '../support/toolVersions';

verifiesKubernetes('the part of the API that Coppice uses, by plain requests');

describe('the API of a real Kubernetes', () => {
  kubernetesApiContract(async () => (await realPlace()).kubeconfig.path);
});
