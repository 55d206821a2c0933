import { embeddedPlace } from '../../support/place';
import { helmContract } from './helmContract';
import { helmObtained, helmPath } from '../../support/helm';
import { helmVersion } from '../../support/toolVersions';
import { verifies } from '../../support/verified';

verifies('Helm', () => helmVersion(helmPath), {
  obtained: helmObtained,
  asked: 'releases: install, upgrade, rollback, uninstall, and what is refused',
});

helmContract('the embedded cluster', embeddedPlace);
