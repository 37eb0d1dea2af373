import { Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { DataTable, type Column } from '../../components/DataTable'
import { words } from '../../components/format'
import { concernsOf, type Edge } from './relationships'
import { RepositoryLink } from './RepositoryLink'

const COLUMNS: Column<Edge>[] = [
  { key: 'target', header: 'Repository', width: 'minmax(130px, 1.2fr)', cell: (edge) => <RepositoryLink name={edge.target} /> },
  { key: 'kind', header: 'How', width: '92px', from: 420, cell: (edge) => (edge.kind === 'consumer' ? 'calls' : 'made from') },
  { key: 'source', header: 'Depends on', width: 'minmax(120px, 1.2fr)', cell: (edge) => <RepositoryLink name={edge.source} /> },
  { key: 'concerns', header: 'What matters to it', width: 'minmax(0, 1.3fr)', from: 720, cell: (edge) => <Text span inherit title={concernsOf(edge).map(words).join(', ')}>{concernsOf(edge).map(words).join(', ') || '–'}</Text> },
  { key: 'about', header: 'About', width: 'minmax(0, 1.8fr)', from: 900, cell: (edge) => <Text span inherit c="dimmed" title={edge.details.description}>{edge.details.description || '–'}</Text> },
]

/** The relationships in words. */
export function RelationshipTable({ edges, empty }: { edges: readonly Edge[]; empty?: ReactNode }) {
  return <DataTable label="Relationships" columns={COLUMNS} rows={edges} rowKey={(edge) => edge.key} rowHeight={36} maxHeight="420px" empty={empty} />
}
