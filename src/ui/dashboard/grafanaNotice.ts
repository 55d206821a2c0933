import type { PanelSourceState } from '../../core/ports/panelSource';
import { limits, type Notice } from '../../../webview/protocol';
import { plainLine, shortened } from '../editor/text';

type Fix = Notice['fixes'][number];

const check: Fix = { fix: 'check', title: 'Check Again' };
const settings: Fix = { fix: 'settings', title: 'Open Settings' };
const open: Fix = { fix: 'openGrafana', title: 'Open Grafana' };
const setUpInfra: Fix = { fix: 'setUpInfra', title: 'Set Up Infra' };

/**
 * What stands in the way of Grafana's panels and what puts it right; null when nothing does.
 *
 * @param isOwn whether a setting names this Grafana: else it is infra's
 */
export function grafanaNotice(address: string, state: PanelSourceState, isOwn: boolean): Notice | null {
  const at = shortened(plainLine(address), 200);
  switch (state.state) {
    case 'ready':
      return null;
    case 'away':
      return notice(
        'Grafana is not there',
        `Grafana at ${at} cannot be reached: ${state.reason}. The panels come as soon as it does.`,
        [check, isOwn ? settings : setUpInfra],
      );
    case 'foreign':
      return notice(
        'This is no Grafana',
        `What answers at ${at} is no Grafana: ${state.reason}. The setting coppice.grafana.url names its address.`,
        [settings, check],
      );
    case 'refusesFrames':
      return notice(
        'Grafana refuses to be shown here',
        `Grafana at ${at} forbids frames (${state.header}). It allows them with allow_embedding = true in the section [security] of its configuration.`,
        [{ fix: 'allowEmbedding', title: 'How to Allow It' }, open, check],
      );
    case 'wantsLogin':
      return notice(
        'Grafana asks for a login',
        `Grafana at ${at} shows its panels only after a login, which a frame cannot give. Let everybody on this machine view them (section [auth.anonymous] of its configuration, role Viewer), or look at them in the browser.`,
        [{ fix: 'allowViewing', title: 'How to Allow Viewing' }, open, check],
      );
    case 'lacksDashboard':
      return notice(
        'Grafana does not have the dashboard',
        `Grafana at ${at} has no dashboard with the uid coppice-environment. Infra brings it; into a Grafana of your own it is imported from charts/infra/dashboards.`,
        [...(isOwn ? [] : [setUpInfra]), open, check],
      );
  }
}

function notice(title: string, text: string, fixes: readonly Fix[]): Notice {
  return { title, text: shortened(plainLine(text), limits.reason), fixes };
}
