// deploy/helm/howdah, rendered by the same template engine and functions as Helm's (render.go), for several values; what
// comes out is compared with Kubernetes' own schemas.
import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import * as kubernetes from '@kubernetes/client-node';
import Ajv from 'ajv';
import { parse, parseAllDocuments } from 'yaml';
import { holdsSecret, path, run, runWith, scratch, text, unknownVariables } from './files.mjs';

const CHART = 'deploy/helm/howdah';
const workplace = scratch();
const renderer = join(workplace, 'render');
const validate = new Ajv({ strict: false }).compile(JSON.parse(text(CHART, 'values.schema.json')));
const defaults = parse(text(CHART, 'values.yaml'));
const needed = { existingSecret: 'howdah', database: { host: 'db.internal' } };

const everything = {
  ...needed,
  nameOverride: 'agents',
  imagePullSecrets: [{ name: 'registry' }],
  database: { host: 'db.internal', tls: { mode: 'verify-full', caConfigMap: 'authority' } },
  queue: { usePostgresql: false },
  settings: { HOWDAH_QUEUE_CONCURRENCY: 32, HOWDAH_DATABASE_LISTEN: false },
  secretSettings: [{ name: 'ANTHROPIC_API_KEY', secret: 'models', key: 'anthropic' }],
  server: {
    podAnnotations: { 'example.org/a': 'b' }, nodeSelector: { disk: 'ssd' },
    tolerations: [{ key: 'a', operator: 'Exists' }], autoscaling: { enabled: true },
    affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [] } },
  },
  worker: { autoscaling: { enabled: true } },
  service: { annotations: { 'example.org/c': 'd' } },
  ingress: {
    enabled: true, className: 'nginx', annotations: { 'example.org/e': 'f' },
    hosts: [{ host: 'agents.example.org', paths: ['/'] }], tls: [{ secretName: 'tls', hosts: ['agents.example.org'] }],
  },
  networkPolicy: { ingressFrom: [{ namespaceSelector: { matchLabels: { name: 'ingress' } } }] },
  serviceMonitor: { enabled: true, labels: { release: 'prometheus' } },
};
const little = {
  ...needed,
  database: { host: 'db.internal', tls: { mode: 'disable' } },
  serviceAccount: { create: false, name: 'mine' },
  fullnameOverride: 'short',
  podDisruptionBudget: { enabled: false },
  networkPolicy: { enabled: false },
  migrationJob: { enabled: false },
};

before(() => runWith({
  env: { ...process.env, GO111MODULE: 'off', GOPATH: '/usr/share/gocode', GOCACHE: join(workplace, 'cache'), GOFLAGS: '' },
}, 'go', 'build', '-o', renderer, path('config/deploy/render.go')));

function render(values, release = 'demo') {
  const file = join(workplace, 'values.json');
  writeFileSync(file, JSON.stringify(values));
  const rendered = run(renderer, path(CHART), release, 'agents', file);
  const sources = rendered.split(/^# Source: /m).slice(1);
  const notes = sources.find((source) => source.startsWith('NOTES.txt'));
  const manifests = sources.filter((source) => source !== notes)
    .flatMap((source) => parseAllDocuments(source.replace(/^.*\n/, ''), { version: '1.1' }))
    .map((document) => { assert.deepEqual(document.errors, []); return document.toJS(); })
    .filter((manifest) => manifest !== null);
  return { notes, manifests };
}

async function checkManifest(manifest) {
  if (manifest.kind === 'ServiceMonitor') return; // a custom resource, whose schema Kubernetes does not have
  const { [manifest.kind]: Model } = await import(`kubernetes-models/${manifest.apiVersion}/${manifest.kind}`);
  new Model(manifest).validate();
  const version = manifest.apiVersion.split('/').at(-1);
  assert.deepEqual(unknownFields(manifest, version.toUpperCase() + manifest.kind, manifest.kind), []);
}

/** The schemas let pass fields that they do not know, which Kubernetes would drop: the types of its client name them. */
function unknownFields(value, type, place) {
  const [, item] = type.match(/^Array<(.+)>$/) ?? [];
  if (item) return value.flatMap((element, i) => unknownFields(element, item, `${place}[${i}]`));
  const [, entry] = type.match(/^\{ \[key: string\]: (.+); \}$/) ?? [];
  if (entry) return Object.entries(value).flatMap(([key, element]) => unknownFields(element, entry, `${place}.${key}`));
  const fields = kubernetes[type]?.getAttributeTypeMap?.();
  if (!fields || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, element]) => {
    const field = fields.find(({ baseName }) => baseName === key);
    return field ? unknownFields(element, field.type, `${place}.${key}`) : [`${place}.${key}`];
  });
}

const merged = (base, over) => Object.entries(over).reduce((all, [key, value]) => ({
  ...all,
  [key]: value && typeof value === 'object' && !Array.isArray(value) ? merged(base?.[key] ?? {}, value) : value,
}), { ...base });
const podsOf = (manifests) => manifests.filter((m) => m.spec?.template?.spec).map((m) => [m, m.spec.template]);
const fits = (selector, labels) => Object.entries(selector).every(([key, value]) => labels[key] === value);

for (const [name, values] of Object.entries({ needed, everything, little })) {
  describe(`with ${name}`, () => {
    let manifests;
    before(() => { ({ manifests } = render(values)); });

    test('the values fit their schema', () => {
      assert.ok(validate(merged(defaults, values)), JSON.stringify(validate.errors));
    });

    test('Kubernetes would take every manifest', async () => {
      assert.ok(manifests.length >= 3);
      for (const manifest of manifests) await checkManifest(manifest);
      const names = manifests.map((m) => `${m.kind}/${m.metadata.name}`);
      assert.equal(new Set(names).size, names.length, 'no name twice');
    });

    test('pods have no more rights than they need, and a limit', () => {
      for (const [, { spec }] of podsOf(manifests)) {
        assert.equal(spec.automountServiceAccountToken, false);
        assert.equal(spec.securityContext.runAsNonRoot, true);
        for (const container of spec.containers) {
          const security = container.securityContext;
          assert.ok(security.readOnlyRootFilesystem && security.runAsNonRoot && !security.allowPrivilegeEscalation);
          assert.deepEqual(security.capabilities.drop, ['ALL']);
          assert.ok(container.resources.limits.memory && container.resources.requests.memory);
          const mounted = container.volumeMounts.map((mount) => mount.name).sort();
          assert.deepEqual(mounted, spec.volumes.map((volume) => volume.name).sort());
        }
      }
    });

    test('processes get settings that there are, and secrets as files', () => {
      for (const [, { spec }] of podsOf(manifests)) {
        assert.equal(spec.enableServiceLinks, false, 'or Kubernetes sets variables that Howdah refuses');
        for (const { env, volumeMounts } of spec.containers) {
          assert.deepEqual(unknownVariables(env.map((variable) => variable.name)), []);
          assert.equal(new Set(env.map((variable) => variable.name)).size, env.length, 'none twice');
          env.filter(({ name, value }) => holdsSecret(name) && value !== undefined)
            .forEach(({ name }) => assert.fail(`${name} stands in the manifest`));
          const keys = spec.volumes.find((volume) => volume.name === 'secrets').secret.items.map((item) => item.path);
          const folder = volumeMounts.find((mount) => mount.name === 'secrets').mountPath;
          env.filter(({ name }) => name.endsWith('_FILE'))
            .forEach(({ value }) => assert.ok(keys.includes(value.replace(`${folder}/`, '')), value));
        }
      }
    });

    test('selectors find the pods that they are for', () => {
      const pods = podsOf(manifests).map(([, pod]) => pod);
      for (const [{ kind, spec }, pod] of podsOf(manifests).filter(([m]) => m.kind === 'Deployment')) {
        assert.ok(fits(spec.selector.matchLabels, pod.metadata.labels), kind);
      }
      for (const { kind, spec } of manifests) {
        const selector = { Service: spec?.selector, PodDisruptionBudget: spec?.selector?.matchLabels, NetworkPolicy: spec?.podSelector?.matchLabels }[kind];
        if (selector) assert.equal(pods.filter((pod) => fits(selector, pod.metadata.labels)).length, 1, kind);
      }
      for (const { spec } of manifests.filter((m) => m.kind === 'HorizontalPodAutoscaler')) {
        const target = manifests.find((m) => m.kind === 'Deployment' && m.metadata.name === spec.scaleTargetRef.name);
        assert.equal(target.spec.replicas, undefined, 'an autoscaler and a number of replicas would fight');
      }
    });
  });
}

test('what is switched on is there, what is switched off is not', () => {
  const kinds = (values) => new Set(render(values).manifests.map((m) => m.kind));
  assert.deepEqual([...kinds(little)].sort(), ['Deployment', 'Service']);
  assert.deepEqual([...kinds(everything)].sort(), ['Deployment', 'HorizontalPodAutoscaler', 'Ingress', 'Job', 'NetworkPolicy',
    'PodDisruptionBudget', 'Service', 'ServiceAccount', 'ServiceMonitor']);
});

test('migrations run before new pods start', () => {
  const job = render(needed).manifests.find((m) => m.kind === 'Job');
  assert.deepEqual(job.spec.template.spec.containers[0].args, ['migrate', 'up']);
  assert.match(job.metadata.annotations['helm.sh/hook'], /pre-install,pre-upgrade/);
});

test('what is missing is asked for by name', () => {
  assert.throws(() => render({ existingSecret: 'a' }), /database\.host is needed/);
  assert.throws(() => render({ database: { host: 'b' } }), /existingSecret is needed/);
});

test('the schema refuses what would not work', () => {
  for (const wrong of [
    { databse: {} }, { database: { port: '5432' } }, { database: { tls: { mode: 'full' } } }, { database: { schema: 'A-b' } },
    { server: { replicas: -1 } }, { settings: { 'howdah.queue.lease': '30s' } }, { service: { type: 'Nodeport' } },
    { secretSettings: [{ name: 'A', secret: 'b' }] }, { ingress: { hosts: [{ host: 'a', paths: ['b'] }] } },
  ]) {
    assert.ok(!validate(merged(defaults, merged(needed, wrong))), JSON.stringify(wrong));
  }
});

test('every value is used, and the notes say how to go on', () => {
  const templates = readdirSync(path(CHART, 'templates')).map((name) => text(CHART, 'templates', name)).join('\n');
  for (const [key, value] of Object.entries(defaults)) {
    for (const inner of value && !Array.isArray(value) && typeof value === 'object' ? Object.keys(value) : []) {
      assert.match(templates, new RegExp(`\\.${inner}\\b`), `${key}.${inner}`);
    }
    assert.match(templates, new RegExp(`Values\\.${key}\\b|"${key}"`), key);
  }
  assert.match(render(needed).notes, /port-forward service\/demo-howdah 8080:8080/);
});

test('long names stay names', () => {
  const { manifests } = render(needed, 'a'.repeat(53));
  manifests.forEach((m) => assert.ok(m.metadata.name.length <= 63, m.metadata.name));
});
