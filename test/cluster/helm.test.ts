import { helmContract } from '../contract/helm/helmContract';
import { realPlace } from '../support/place';

helmContract('a real Kubernetes', realPlace);
