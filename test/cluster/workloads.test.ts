import { workloadsContract } from '../contract/kubernetes/workloadsContract';
import { realPlace } from '../support/place';
import { verifiesKubernetes } from '../support/toolVersions';

verifiesKubernetes('logs, programs in pods, forwarded ports, restarts');

workloadsContract('a real Kubernetes', realPlace);
