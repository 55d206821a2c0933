import { environmentsContract } from '../contract/kubernetes/environmentsContract';
import { realPlace } from '../support/place';
import { verifiesKubernetes } from '../support/toolVersions';

verifiesKubernetes('environments by the product: create, update, delete, what others own');

environmentsContract('a real Kubernetes', realPlace);
