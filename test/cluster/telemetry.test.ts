import { telemetryContract } from '../contract/kubernetes/telemetryContract';
import { realPlace } from '../support/place';
import { telemetryHarness } from '../support/telemetryHarness';
import { verifiesKubernetes } from '../support/toolVersions';

verifiesKubernetes('what pods use and say, without metrics-server');

telemetryContract('a real Kubernetes without metrics-server', async () => telemetryHarness(await realPlace()), 90_000);
