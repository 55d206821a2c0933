import { workloadsContract } from '../contract/kubernetes/workloadsContract';
import { realPlace } from '../support/place';

workloadsContract('a real Kubernetes', realPlace);
