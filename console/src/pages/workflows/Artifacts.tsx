import { Button, Group, Modal, Text } from '@mantine/core'
import { IconDownload, IconEye } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { memo, useMemo } from 'react'
import { api, request } from '../../api/client'
import { CopyButton } from '../../components/CopyButton'
import { DataTable, type Column } from '../../components/DataTable'
import { bytes } from '../../components/format'
import { Section } from '../../components/Page'
import { Problem } from '../../components/Problem'
import { Loading, QueryState } from '../../components/QueryState'
import { Time } from '../../components/Time'
import { view, type Artifact, type Paged } from './api'
import classes from './workflows.module.css'

const SHOWN_MAX = 500_000

/** What an execution made: texts to read, everything to download. */
export const Artifacts = memo(function Artifacts({ execution, shown, onShow }: { execution: string; shown?: string; onShow: (artifact: string | undefined) => void }) {
  const artifacts = useQuery({ queryKey: ['executions', 'artifacts', execution], queryFn: () => view<Paged<Artifact>>(api.GET('/api/executions/{id}/artifacts', { params: { path: { id: execution }, query: { limit: 1000 } } })) })
  const columns = useMemo((): Column<Artifact>[] => [
    { key: 'name', header: 'Name', width: 'minmax(120px, 2fr)', cell: (artifact) => <Text span inherit fw={600} title={artifact.description}>{artifact.name}</Text> },
    { key: 'node', header: 'Node', from: 560, width: 'minmax(90px, 1fr)', cell: (artifact) => artifact.node_id ?? '–' },
    { key: 'type', header: 'Type', from: 700, width: '120px', cell: (artifact) => artifact.artifact_type },
    { key: 'size', header: 'Size', from: 420, width: '76px', align: 'right', cell: (artifact) => bytes(artifact.size_bytes) },
    { key: 'at', header: 'Made', from: 620, width: '100px', cell: (artifact) => <Time at={artifact.created_at} /> },
    { key: 'actions', header: 'Content', width: '180px', cell: (artifact) => (
      <Group gap={6} wrap="nowrap">
        {isText(artifact) && <Button size="compact-xs" variant="default" leftSection={<IconEye size={13} />} aria-label={`View ${artifact.name}`} onClick={() => onShow(artifact.id)}>View</Button>}
        <Download artifact={artifact} />
      </Group>
    ) },
  ], [onShow])
  const current = artifacts.data?.items.find((artifact) => artifact.id === shown)
  return (
    <Section title="Artifacts">
      <QueryState query={artifacts} skeleton={2}>
        {({ items }) => (items.length === 0 ? <Text size="sm" c="dimmed">It has made none.</Text> : <DataTable label="Artifacts" columns={columns} rows={items} rowKey={(artifact) => artifact.id} rowHeight={36} maxHeight="300px" onOpen={(artifact) => isText(artifact) && onShow(artifact.id)} />)}
      </QueryState>
      <Modal opened={!!current} onClose={() => onShow(undefined)} title={current?.name} size="xl" closeButtonProps={{ 'aria-label': 'Close' }}>
        {current && <Content artifact={current} />}
      </Modal>
    </Section>
  )
})

function isText(artifact: Artifact): boolean {
  return artifact.size_bytes <= SHOWN_MAX && /^text\/|json|xml|yaml|javascript|markdown|sql/.test(artifact.content_type)
}

const read = (artifact: Artifact) => request(artifact.url, { headers: { Accept: '*/*' } })

/** A text, as a text whatever it is. */
function Content({ artifact }: { artifact: Artifact }) {
  const content = useQuery({ queryKey: ['artifact', artifact.id], queryFn: async () => (await read(artifact)).text(), staleTime: Infinity })
  if (content.isError) return <Problem error={content.error} onRetry={() => void content.refetch()} />
  if (content.data === undefined) return <Loading />
  return (
    <>
      <Group justify="space-between" mb="xs"><Text size="sm" c="dimmed">{artifact.content_type}, {bytes(artifact.size_bytes)}{artifact.description && `. ${artifact.description}`}</Text><Group gap={4}><CopyButton text={content.data} label="Copy the content" /><Download artifact={artifact} /></Group></Group>
      <pre className={classes.content} tabIndex={0} aria-label={`Content of ${artifact.name}`} role="region">{content.data}</pre>
    </>
  )
}

/** By a request with the API key, which a link would not have. */
function Download({ artifact }: { artifact: Artifact }) {
  const download = useMutation({
    mutationFn: async () => {
      const url = URL.createObjectURL(await (await read(artifact)).blob())
      const link = document.createElement('a')
      link.href = url
      link.download = artifact.name.split('/').at(-1) ?? 'artifact'
      link.click()
      setTimeout(() => URL.revokeObjectURL(url), 10_000)
    },
  })
  return (
    <>
      <Button size="compact-xs" variant="default" leftSection={<IconDownload size={13} />} loading={download.isPending} aria-label={`Download ${artifact.name}`} onClick={() => download.mutate()}>Download</Button>
      <Modal opened={download.isError} onClose={() => download.reset()} title="Download" closeButtonProps={{ 'aria-label': 'Close' }}><Problem error={download.error} /></Modal>
    </>
  )
}
