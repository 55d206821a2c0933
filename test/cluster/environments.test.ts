import { environmentsContract } from '../contract/kubernetes/environmentsContract';
import { realPlace } from '../support/place';
import { verifiesKubernetes } from '../support/toolVersions';

verifiesKubernetes();

environmentsContract('a real Kubernetes', realPlace);
