import { useQuery } from '@tanstack/react-query'
import { api, body, request, type Schemas } from '../../api/client'

export type Setting = Schemas['ConfiguredView']
export type Configuration = Schemas['ConfigurationView']

/** It changes only when the server starts anew, which a lost stream tells. */
export const useConfiguration = () => useQuery({ queryKey: ['settings'], queryFn: () => body(api.GET('/api/settings')), staleTime: Infinity })

/** What /health tells. */
export interface Health {
  status: string
  version: string
  database_connected: boolean
  database_version: string
  database_embedded: boolean
  pgvector_enabled: boolean
  vector_index: string
  embedding_model: string
  queue: string
  queue_connected: boolean
  pool: { active: number; idle: number; waiting: number; max: number }
  replicas: { configured: number; ready: number }
  worker: { status: string; active: number; capacity: number }
  skills_registered: number
  problems: { problem: string; remedy: string }[]
}

export const useHealth = () => useQuery({ queryKey: ['health', 'parts'], queryFn: async () => (await (await request('/health')).json()) as Health })
