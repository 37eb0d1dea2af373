import { queryOptions } from '@tanstack/react-query'
import { api } from '../../api/client'
import { view } from './api'

/** The names that a node of this type may give as its executor, as far as they are known. */
export const executorsQuery = (type: string) => queryOptions({ queryKey: ['workflow-executors', type], queryFn: () => read(type), staleTime: 60_000 })

async function read(type: string): Promise<string[]> {
  switch (type) {
    case 'skill':
      return (await view<{ name: string }[]>(api.GET('/api/skills'))).map((skill) => skill.name).sort()
    case 'phase':
      return (await view<{ id: string }[]>(api.GET('/api/personas'))).map((persona) => persona.id)
    default:
      return [...new Set((await view<{ items: { types: string[] }[] }>(api.GET('/api/workers'))).items.flatMap((worker) => worker.types))].sort()
  }
}
