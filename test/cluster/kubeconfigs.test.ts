import { environmentKubeconfigsContract } from '../contract/kubernetes/environmentKubeconfigsContract';
import { realPlace } from '../support/place';
import { verifiesKubernetes } from '../support/toolVersions';

verifiesKubernetes();

environmentKubeconfigsContract('a real Kubernetes', realPlace);
