import { statusContract } from '../contract/kubernetes/statusContract';
import { realPlace } from '../support/place';
import { verifiesKubernetes } from '../support/toolVersions';

verifiesKubernetes('the state of services while they come, fail and go');

statusContract('a real Kubernetes', realPlace);
