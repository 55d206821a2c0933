/** What kubectl is asked for, FILE being a manifest of one ConfigMap, `applied`. */
export interface KubectlRow {
  argv: readonly string[];
  /** What it says when all is well; or, with `refused`, what it is told. */
  says: RegExp;
  refused?: true;
}

/** @param text words between spaces */
export function kubectlRow(text: string, says: RegExp, refused?: true): KubectlRow {
  return { argv: text.split(' '), says, ...(refused ? { refused } : {}) };
}

/** In this order, in an empty namespace of any cluster. Every version is held to these: what it sends otherwise than the one before. */
export const shortRows: readonly KubectlRow[] = [
  kubectlRow('create secret generic one --from-literal=a=b', /secret\/one created/),
  kubectlRow('create deployment one --image=node --replicas=0', /deployment.apps\/one created/),
  kubectlRow('create token default', /^ey[\w-]+\.[\w-]+\.[\w-]+\s*$/),
  kubectlRow('auth can-i create pods', /^yes\n$/),
  kubectlRow('explain deployment.spec.replicas', /FIELD: +replicas <integer>[\s\S]*Number of desired pods/),
];

/** After those: all that takes no pod. */
export const objectRows: readonly KubectlRow[] = [
  kubectlRow('create configmap one --from-literal=a=b', /configmap\/one created/),
  kubectlRow('create role one --verb=get,list --resource=pods', /role.rbac.authorization.k8s.io\/one created/),
  kubectlRow('create rolebinding one --role=one --serviceaccount=default:default', /rolebinding\S+\/one created/),
  kubectlRow('create serviceaccount one', /serviceaccount\/one created/),
  kubectlRow('create ingress one --rule=one.localhost/=one:80', /ingress.networking.k8s.io\/one created/),
  kubectlRow('create service clusterip one --tcp=80:3000', /service\/one created/),
  kubectlRow('create quota one --hard=pods=9', /resourcequota\/one created/),
  kubectlRow('auth can-i --list', /\*\.\*/),
  kubectlRow('explain pod.spec.containers.livenessProbe.httpGet.port', /Name or number of the port/),
  kubectlRow('explain services --recursive', /loadBalancerIP\t<string>/),
  kubectlRow('scale deployment one --replicas=0', /deployment.apps\/one scaled/),
  kubectlRow('set env deployment/one A=b', /deployment.apps\/one env updated/),
  kubectlRow('rollout status deployment/one --timeout=20s', /successfully rolled out/),
  kubectlRow('wait deployment/one --for=condition=Available --timeout=20s', /deployment.apps\/one condition met/),
  kubectlRow('label deployment one a=b', /labeled/),
  kubectlRow('annotate deployment one a=b', /annotated/),
  kubectlRow('patch deployment one -p {"spec":{"paused":true}}', /patched/),
  kubectlRow('get deployments,secrets,ingresses', /deployment.apps\/one +0\/0/),
  kubectlRow('describe deployment one', /Name: +one/),
  kubectlRow('apply -f FILE', /configmap\/applied created/),
  kubectlRow('apply -f FILE --server-side --force-conflicts', /configmap\/applied serverside-applied/),
  kubectlRow('diff -f FILE', /^$/),
  kubectlRow('delete -f FILE --grace-period=0', /configmap "applied" deleted/),
  kubectlRow('rollout history deployment/one', /deployment.apps\/one/),
  kubectlRow('attach nosuch', /pods "nosuch" not found/, true),
];
