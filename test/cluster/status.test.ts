import { statusContract } from '../contract/kubernetes/statusContract';
import { realPlace } from '../support/place';
import { verifiesKubernetes } from '../support/toolVersions';

verifiesKubernetes();

statusContract('a real Kubernetes', realPlace);
