import { embeddedPlace } from '../../support/place';
import { telemetryHarness } from '../../support/telemetryHarness';
import { telemetryContract } from './telemetryContract';

telemetryContract('the embedded cluster', async () => telemetryHarness(await embeddedPlace()), 30_000);
