import { embeddedPlace } from '../../support/place';
import { workloadsContract } from './workloadsContract';
import { version } from '../../../package.json';
import { verifies } from '../../support/verified';

verifies('Embedded cluster', () => version, {
  obtained: 'this repository',
  asked: 'logs, programs in pods, forwarded ports, restarts',
});

workloadsContract('the embedded cluster', embeddedPlace);
