import { Anchor, Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { api, ApiError, body } from '../../api/client'
import { Section } from '../../components/Page'
import { QueryState } from '../../components/QueryState'
import type { Similar } from './api'
import { entryOf } from './api'
import type { Kind } from './kinds'
import classes from './Rankers.module.css'

const NO_MODEL = 'There are no vectors, which come from a model for embeddings: HOWDAH_KNOWLEDGE_EMBEDDING_PROVIDER=in-process ./howdah up'

/** Entries of the kind whose meaning is near. */
export function Neighbours({ kind, id }: { kind: Kind; id: string }) {
  const query = useQuery({
    queryKey: ['knowledge', 'similar', kind.path, id],
    queryFn: async () => (await body(api.GET('/api/knowledge/{kind}/{id}/similar', { params: { path: { kind: kind.path, id }, query: { limit: 10 } } }))) as unknown as { items: Similar[] },
    retry: false,
  })
  return (
    <Section title={`Similar ${kind.many}`} about="By meaning; 1 is the same">
      {query.error instanceof ApiError && query.error.code === 'collection-without-vectors' ? <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>{NO_MODEL}</Text> : <QueryState query={query} skeleton={3}>
        {({ items }) => (items.length === 0 ? <Text size="sm" c="dimmed">None is near, or its vector is not there yet.</Text> : (
          <Stack gap={6} component="ol" p={0} m={0} style={{ listStyle: 'none' }} aria-label={`Similar ${kind.many}`}>
            {items.map((near) => (
              <Group key={near.key} component="li" gap="sm" wrap="nowrap">
                <span className={classes.track} aria-hidden="true" style={{ flex: 'none' }}><span style={{ width: `${Math.max(0, near.similarity) * 100}%` }} /></span>
                <Text size="xs" w={34} style={{ fontVariantNumeric: 'tabular-nums', flex: 'none' }}>{near.similarity.toFixed(2)}</Text>
                <Anchor component={Link} to="/knowledge/$kind/$id" params={entryOf(near.key) as never} size="sm" truncate="end">{near.title}</Anchor>
                <Text size="xs" c="dimmed" truncate="end" style={{ marginInlineStart: 'auto' }}>{String(near.metadata.repository ?? '')}</Text>
              </Group>
            ))}
          </Stack>
        ))}
      </QueryState>}
    </Section>
  )
}
