import { startOrderContract } from '../contract/kubernetes/startOrderContract';
import { realPlace } from '../support/place';
import { verifiesKubernetes } from '../support/toolVersions';

verifiesKubernetes();

startOrderContract('a real Kubernetes', realPlace);
