import { queryOptions } from '@tanstack/react-query'
import { api, body } from '../../api/client'
import type { Cache, Collection, DataImport, Index, Listed } from './api'

export const caches = queryOptions({ queryKey: ['caches'], queryFn: async () => ((await body(api.GET('/api/caches'))) as unknown as Listed<Cache>).items })

export const collections = queryOptions({ queryKey: ['documents', 'collections'], queryFn: async () => ((await body(api.GET('/api/documents'))) as unknown as Listed<Collection>).items })

export const indexes = (collection: string) => queryOptions({
  queryKey: ['documents', 'indexes', collection],
  queryFn: async () => ((await body(api.GET('/api/documents/{collection}/_indexes', { params: { path: { collection } } }))) as unknown as Listed<Index>).items,
})

export const imports = queryOptions({ queryKey: ['imports'], queryFn: async () => ((await body(api.GET('/api/imports', { params: { query: { limit: 100 } } }))) as unknown as Listed<DataImport>).items })
