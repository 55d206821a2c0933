import { helmContract } from '../contract/helm/helmContract';
import { realPlace } from '../support/place';
import { verifiesKubernetes } from '../support/toolVersions';
import { helmPath } from '../support/helm';
import { helmVersion } from '../support/toolVersions';
import { verifies } from '../support/verified';

verifies('Helm', () => helmVersion(helmPath));

verifiesKubernetes();

helmContract('a real Kubernetes', realPlace);
