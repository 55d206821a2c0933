import { KubeConnection } from '../../../src/adapters/kubernetes/connection/kubeConnection';
import { KubernetesIngressClasses } from '../../../src/adapters/kubernetes/kubernetesIngressClasses';
import { FakeIngressClasses } from '../../support/fakes/fakeIngressClasses';
import { embeddedPlace } from '../../support/place';
import { ingressClassesContract } from './ingressClassesContract';

ingressClassesContract('memory', async () => {
  const classes = new FakeIngressClasses();
  return {
    classes,
    add: async (name, controller, isDefault) => void classes.classes.push({ name, controller, isDefault }),
    dispose: () => Promise.resolve(),
  };
});

ingressClassesContract('the embedded cluster', async () => {
  const place = await embeddedPlace();
  const connection = new KubeConnection(place.kubeconfig, { kind: 'context' });
  return {
    classes: new KubernetesIngressClasses(connection),
    async add(name, controller, isDefault) {
      const annotations = { 'ingressclass.kubernetes.io/is-default-class': String(isDefault) };
      const body = {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'IngressClass',
        metadata: { name, annotations },
        spec: { controller },
      };
      const path = '/apis/networking.k8s.io/v1/ingressclasses';
      await connection.json({ method: 'POST', path, body, verb: 'create', resource: name });
    },
    dispose: () => place.dispose(),
  };
});
