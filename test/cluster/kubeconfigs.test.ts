import { environmentKubeconfigsContract } from '../contract/kubernetes/environmentKubeconfigsContract';
import { realPlace } from '../support/place';

environmentKubeconfigsContract('a real Kubernetes', realPlace);
