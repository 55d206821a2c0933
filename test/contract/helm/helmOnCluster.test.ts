import { embeddedPlace } from '../../support/place';
import { helmContract } from './helmContract';
import { helmPath } from '../../support/helm';
import { helmVersion } from '../../support/toolVersions';
import { verifies } from '../../support/verified';

verifies('Helm', () => helmVersion(helmPath));

helmContract('the embedded cluster', embeddedPlace);
