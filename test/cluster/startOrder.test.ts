import { startOrderContract } from '../contract/kubernetes/startOrderContract';
import { realPlace } from '../support/place';
import { verifiesKubernetes } from '../support/toolVersions';

verifiesKubernetes('services that wait for others, and tasks that run once');

startOrderContract('a real Kubernetes', realPlace);
