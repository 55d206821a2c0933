import { environmentKubeconfigsContract } from '../contract/kubernetes/environmentKubeconfigsContract';
import { realPlace } from '../support/place';
import { verifiesKubernetes } from '../support/toolVersions';

verifiesKubernetes('kubeconfigs of environments: what they may do, and what not');

environmentKubeconfigsContract('a real Kubernetes', realPlace);
