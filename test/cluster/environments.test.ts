import { environmentsContract } from '../contract/kubernetes/environmentsContract';
import { realPlace } from '../support/place';

environmentsContract('a real Kubernetes', realPlace);
