import { afterAll, beforeAll, describe } from 'vitest';
import { startTestApi, type TestApi } from '../../support/apiServer';
import { kubernetesApiContract } from '../kubernetesApi';

describe('the API of the embedded cluster', () => {
  let api: TestApi;

  beforeAll(async () => {
    api = await startTestApi();
  });

  afterAll(() => api.close());

  kubernetesApiContract(() => api.kubeconfig);
});
