// Which of Kubernetes' types the embedded cluster knows, and of which version: shared by the script that writes them and its test.
import { join } from 'node:path';
import { root } from './workplace/run.mjs';

export const schemaFile = join(root, 'packages', 'cluster', 'src', 'schema', 'kubernetes.json');

/** The licence that comes with Kubernetes' modules. */
export const schemaLicenceFile = join(root, 'packages', 'cluster', 'src', 'schema', 'kubernetes.LICENSE');

/** Kubernetes' own objects for tests of its encodings, with every field set: each in JSON, and in protobuf as base64. */
export const samplesFile = join(root, 'test', 'unit', 'packages', 'cluster', 'schema', 'kubernetesObjects.json');

/** @type {Readonly<Record<string, string>>} */
export const schemaModules = { 'k8s.io/api': 'v0.37.2', 'k8s.io/apimachinery': 'v0.37.2' };

const core = ['ConfigMap', 'Endpoints', 'Event', 'LimitRange', 'Namespace', 'Node', 'PersistentVolumeClaim', 'Pod'];

/**
 * Folders of .proto files, the apiVersion of their objects, and the kinds that are sent or served; what those are made of
 * comes with them.
 * @type {readonly { package: string, apiVersion?: string, kinds: readonly string[] }[]}
 */
export const schemaRoots = [
  {
    package: 'k8s.io/api/core/v1',
    apiVersion: 'v1',
    kinds: [...core, 'ResourceQuota', 'Secret', 'Service', 'ServiceAccount'],
  },
  { package: 'k8s.io/api/apps/v1', apiVersion: 'apps/v1', kinds: ['Deployment', 'ReplicaSet'] },
  {
    package: 'k8s.io/api/networking/v1',
    apiVersion: 'networking.k8s.io/v1',
    kinds: ['Ingress', 'IngressClass', 'NetworkPolicy'],
  },
  {
    package: 'k8s.io/api/rbac/v1',
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kinds: ['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'],
  },
  { package: 'k8s.io/api/coordination/v1', apiVersion: 'coordination.k8s.io/v1', kinds: ['Lease'] },
  { package: 'k8s.io/api/discovery/v1', apiVersion: 'discovery.k8s.io/v1', kinds: ['EndpointSlice'] },
  {
    package: 'k8s.io/api/authentication/v1',
    apiVersion: 'authentication.k8s.io/v1',
    kinds: ['SelfSubjectReview', 'TokenRequest', 'TokenReview'],
  },
  {
    package: 'k8s.io/api/authorization/v1',
    apiVersion: 'authorization.k8s.io/v1',
    kinds: ['SelfSubjectAccessReview', 'SelfSubjectRulesReview'],
  },
  { package: 'k8s.io/api/policy/v1', apiVersion: 'policy/v1', kinds: ['Eviction'] },
  { package: 'k8s.io/api/autoscaling/v1', apiVersion: 'autoscaling/v1', kinds: ['Scale'] },
  { package: 'k8s.io/apimachinery/pkg/apis/meta/v1', apiVersion: 'meta.k8s.io/v1', kinds: ['DeleteOptions'] },
  { package: 'k8s.io/apimachinery/pkg/runtime', kinds: ['Unknown'] },
];
