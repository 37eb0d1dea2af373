import type { Schema } from '../../components/SchemaForm'
import { words } from '../../components/format'
import type { Entry, KindPath } from './api'

/** How the kinds of knowledge are called, listed and written. */
export interface Kind {
  path: KindPath
  one: string
  many: string
  about: string
  /** How an entry is called in lists. */
  title: (entry: Entry) => string
  /** What lists show beside it. */
  fields: { key: string; header: string; state?: boolean }[]
  /** What its page shows as paragraphs, in this order; what is left follows in a table. */
  texts: string[]
  schema: Schema
}

const text: Schema = { type: 'string' }
const long: Schema = { type: 'string', maxLength: 10_000 }
const list: Schema = { type: 'array', items: { type: 'string' } }

export const CATEGORIES = ['performance', 'security', 'reliability', 'cost', 'observability', 'deployment', 'architecture', 'testing', 'consumer_triage', 'template_triage', 'other']
export const SEVERITIES = ['critical', 'high', 'medium', 'low']
export const STATUSES = ['open', 'investigating', 'fixed', 'false_positive']
const ISSUE_TYPES = ['error', 'performance', 'crash', 'timeout', 'memory', 'security', 'other']
const SERVICES = ['cloud_run', 'cloud_functions', 'cloud_build', 'gce', 'gke', 'app_engine', 'other']

const string = (value: unknown) => (typeof value === 'string' ? value : '')

export const KINDS: Record<KindPath, Kind> = {
  patterns: {
    path: 'patterns', one: 'pattern', many: 'patterns', about: 'Ways of doing things that repositories use',
    title: (entry) => string(entry.name), fields: [{ key: 'description', header: 'Description' }], texts: ['description', 'context'],
    schema: { required: ['name'], properties: { name: text, description: long, context: { ...long, description: 'Where and why it is used' }, keywords: list } },
  },
  decisions: {
    path: 'decisions', one: 'decision', many: 'decisions', about: 'What was decided, and why',
    title: (entry) => string(entry.what), fields: [{ key: 'why', header: 'Why' }], texts: ['why'],
    schema: { required: ['what'], properties: { what: { ...long, title: 'What was decided' }, why: long, alternatives: { ...list, title: 'What was turned down' } } },
  },
  components: {
    path: 'components', one: 'component', many: 'components', about: 'Parts that others can use, too',
    title: (entry) => string(entry.name), fields: [{ key: 'purpose', header: 'Purpose' }, { key: 'language', header: 'Language' }], texts: ['purpose'],
    schema: { required: ['name'], properties: { name: text, purpose: long, location: { ...text, description: 'Its files, separated by commas' }, component_type: text, language: text, api_signature: long, tags: list } },
  },
  lessons: {
    path: 'lessons', one: 'lesson', many: 'lessons', about: 'What was learned the hard way',
    title: (entry) => string(entry.title) || string(entry.lesson), fields: [{ key: 'category', header: 'Category' }, { key: 'impact', header: 'Impact', state: true }], texts: ['lesson', 'description'],
    schema: { required: ['category', 'lesson'], properties: { category: { enum: CATEGORIES }, lesson: long, description: { ...long, title: 'In which context' }, impact: { enum: ['info', 'warning', 'critical'] }, tags: list } },
  },
  issues: {
    path: 'issues', one: 'issue', many: 'issues', about: 'What went wrong where repositories run',
    title: (entry) => string(entry.log_snippet).split('\n')[0] ?? '', fields: [{ key: 'status', header: 'Status', state: true }, { key: 'severity', header: 'Severity', state: true }, { key: 'issue_type', header: 'Type' }], texts: ['root_cause', 'suggested_fix'],
    schema: { required: ['service_type', 'issue_type', 'severity', 'log_snippet'], properties: { severity: { enum: SEVERITIES }, issue_type: { enum: ISSUE_TYPES }, service_type: { enum: SERVICES, title: 'Where it happened' }, log_snippet: { type: 'string', maxLength: 1000 }, root_cause: long, suggested_fix: long } },
  },
}

export const KIND_PATHS = Object.keys(KINDS) as KindPath[]

export function isKind(path: string): path is KindPath {
  return path in KINDS
}

/** What an entry's page shows in its table: what is neither its name nor one of its texts, nor empty. */
export function facts(kind: Kind, entry: Entry): { name: string; value: string }[] {
  const title = kind.title(entry)
  const left = new Set(['id', 'repository', 'details', 'created_at', 'updated_at', 'metrics', 'log_snippet', ...kind.texts])
  return Object.entries(entry)
    .filter(([key, value]) => !left.has(key) && value != null && value !== '' && value !== title && !(Array.isArray(value) && value.length === 0))
    .map(([key, value]) => ({ name: words(key), value: Array.isArray(value) ? value.map(String).join(', ') : typeof value === 'object' ? JSON.stringify(value) : String(value) }))
}
