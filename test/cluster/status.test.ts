import { statusContract } from '../contract/kubernetes/statusContract';
import { realPlace } from '../support/place';

statusContract('a real Kubernetes', realPlace);
