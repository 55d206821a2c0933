import { helmContract } from '../contract/helm/helmContract';
import { realPlace } from '../support/place';
import { verifiesKubernetes } from '../support/toolVersions';
import { helmObtained, helmPath } from '../support/helm';
import { helmVersion } from '../support/toolVersions';
import { verifies } from '../support/verified';

verifies('Helm', () => helmVersion(helmPath), {
  obtained: helmObtained,
  asked: 'releases: install, upgrade, rollback, uninstall, and what is refused',
});

verifiesKubernetes('releases: install, upgrade, rollback, uninstall, and what is refused');

helmContract('a real Kubernetes', realPlace);
