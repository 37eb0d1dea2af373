import { Drawer, Group, Stack, Text } from '@mantine/core'
import { IconBinaryTree } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { ButtonLink } from '../../components/links'
import { Facts } from '../../components/Facts'
import { SqlText } from './SqlText'

/** Only what reads can be explained. */
const READS = /^\s*(select|with|values|table)\b/i

/** One statement as a whole, with its numbers. */
export function StatementDrawer({ isOpen, onClose, query, facts }: { isOpen: boolean; onClose: () => void; query?: string; facts?: [string, ReactNode][] }) {
  return (
    <Drawer opened={isOpen} onClose={onClose} position="right" size="lg" title="Statement" closeButtonProps={{ 'aria-label': 'Close' }}>
      {query === undefined ? <Text size="sm">It is not in this window. Choose a longer one.</Text> : (
        <Stack gap="md">
          {facts && <Facts isLines facts={facts} />}
          <SqlText text={query} label="Statement" />
          {READS.test(query) && <Group><ButtonLink to="/database/explain" search={{ sql: query }} variant="default" size="xs" leftSection={<IconBinaryTree size={16} />}>Explain it</ButtonLink></Group>}
        </Stack>
      )}
    </Drawer>
  )
}
