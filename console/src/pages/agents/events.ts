import type { Json } from '../../api/json'
import type { Artifact, Message, Part, StreamItem } from './api'

const SEQUENCE_OF = 'https://howdah.dev/a2a/extensions/replay/v1'

function metadataOf(item: StreamItem): Record<string, Json> | undefined {
  return item.statusUpdate?.metadata ?? item.artifactUpdate?.metadata ?? item.message?.metadata ?? item.task?.metadata
}

/** The number that the stream goes on behind. */
export function sequenceOf(item: StreamItem): number {
  const numbered = metadataOf(item)?.[SEQUENCE_OF]
  const sequence = numbered && typeof numbered === 'object' && !Array.isArray(numbered) ? numbered.sequence : undefined
  return Number(sequence ?? 0)
}

/** TASK_STATE_INPUT_REQUIRED → input-required, as the rest of the API spells it. */
export function stateLabel(wireName: string): string {
  return wireName.replace(/^TASK_STATE_/, '').toLowerCase().replaceAll('_', '-')
}

export const TASK_STATES = ['submitted', 'working', 'input-required', 'auth-required', 'completed', 'failed', 'canceled', 'rejected'] as const

export function isTerminal(state: string): boolean {
  return ['completed', 'failed', 'canceled', 'rejected'].includes(state)
}

export function isAsking(state: string): boolean {
  return state === 'input-required' || state === 'auth-required'
}

/** The texts of a message, one below the other. */
export function textOf(message: Message | undefined): string {
  return (message?.parts ?? []).map((part) => part.text).filter((text) => text !== undefined).join('\n')
}

/** Puts artifacts together from updates: what is appended goes on where the one before ended. */
export function assemble(items: readonly StreamItem[]): Artifact[] {
  const artifacts = new Map<string, Artifact>()
  for (const { artifactUpdate: update } of items) {
    if (!update) continue
    const known = artifacts.get(update.artifact.artifactId)
    artifacts.set(update.artifact.artifactId, update.append && known ? { ...known, parts: joined([...(known.parts ?? []), ...(update.artifact.parts ?? [])]) } : update.artifact)
  }
  return [...artifacts.values()]
}

/** Texts that follow each other are one text that came in pieces. */
function joined(parts: Part[]): Part[] {
  const result: Part[] = []
  for (const part of parts) {
    const last = result.at(-1)
    if (last?.text !== undefined && part.text !== undefined) result[result.length - 1] = { ...last, text: last.text + part.text }
    else result.push(part)
  }
  return result
}

export interface EventLine {
  sequence: number
  at: string | undefined
  kind: 'state' | 'artifact' | 'message'
  state?: string
  text: string
}

/** An event in a line. */
export function lineOf(item: StreamItem): EventLine {
  const sequence = sequenceOf(item)
  if (item.statusUpdate) {
    const { status } = item.statusUpdate
    return { sequence, at: status.timestamp, kind: 'state', state: stateLabel(status.state), text: textOf(status.message) }
  }
  if (item.artifactUpdate) {
    const { artifact, append, lastChunk } = item.artifactUpdate
    const text = (artifact.parts ?? []).map((part) => part.text).filter(Boolean).join('')
    return { sequence, at: undefined, kind: 'artifact', text: `${artifact.name ?? artifact.artifactId}${append ? ', more of it' : ''}${lastChunk ? ', complete' : ''}${text ? `: ${text}` : ''}` }
  }
  if (item.task) return { sequence, at: item.task.status.timestamp, kind: 'state', state: stateLabel(item.task.status.state), text: textOf(item.task.status.message) }
  return { sequence, at: undefined, kind: 'message', text: textOf(item.message) }
}

export interface Question {
  key: string
  message: string
  schema: Json
}

/** What a task asks: questions with schemas, where a skill gave them. */
export function questionsOf(message: Message | undefined): Question[] {
  for (const part of message?.parts ?? []) {
    const data = part.data
    const questions = data && typeof data === 'object' && !Array.isArray(data) ? data.questions : undefined
    if (questions && typeof questions === 'object' && !Array.isArray(questions)) {
      return Object.entries(questions).map(([key, each]) => {
        const question = (each ?? {}) as { message?: string; schema?: Json }
        return { key, message: question.message ?? key, schema: question.schema ?? {} }
      })
    }
  }
  return []
}
