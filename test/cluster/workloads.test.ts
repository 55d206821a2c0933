import { workloadsContract } from '../contract/kubernetes/workloadsContract';
import { realPlace } from '../support/place';
import { verifiesKubernetes } from '../support/toolVersions';

verifiesKubernetes();

workloadsContract('a real Kubernetes', realPlace);
