import type { SettingGroup } from '../settingRow';

export const quotaSettings: SettingGroup = {
  type: 'ClusterLimitSettings',
  title: 'Limits in a Cluster',
  keywords: ['kubernetes', 'resources', 'namespace', 'requests'],
  rows: [
    {
      key: 'quota.enabled',
      type: 'boolean',
      default: true,
      description:
        'Whether the namespace of an environment in a real cluster gets a quota, so that no environment takes what the others need.',
    },
    {
      key: 'quota.pods',
      type: 'integer',
      default: 30,
      description:
        'The most pods that one environment may have in a real cluster. While a service is restarted it has up to three: the old one, the new one, and one that is ending. Part of the quota of `#coppice.quota.enabled#`.',
      minimum: 1,
      maximum: 10000,
    },
    {
      key: 'quota.cpu',
      type: 'string',
      default: '4',
      description:
        'The most processor time that all containers of one environment may ask for together, as Kubernetes writes it: `4` or `500m`. Part of the quota of `#coppice.quota.enabled#`.',
      pattern: '^[0-9]+(\\.[0-9]+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$',
    },
    {
      key: 'quota.memory',
      type: 'string',
      default: '30Gi',
      description:
        'The most memory that all containers of one environment may use together, as Kubernetes writes it: the sum of their limits, of which little is used at a time. Part of the quota of `#coppice.quota.enabled#`.',
      pattern: '^[0-9]+(\\.[0-9]+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$',
    },
    {
      // Measured on the sample, 800 requests: its hungriest service used 100 MB at most (VmHWM); the default leaves a
      // development server ten times that, and the others follow: room for ten services with three pods each, of which two are
      // only there while a service is replaced.
      key: 'quota.containerMemory',
      type: 'string',
      default: '1Gi',
      description:
        'The most memory that one container of an environment may use that says nothing of its own; one that uses more is ended (`OOMKilled`).',
      pattern: '^[0-9]+(\\.[0-9]+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$',
    },
  ],
};
