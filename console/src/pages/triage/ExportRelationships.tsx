import { Button } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { stringify } from '../../api/json'
import type { RelationshipDocument } from './relationships'

/** Saves all relationships as a file that can be imported again. */
export function ExportRelationships({ document: relationships }: { document: RelationshipDocument }) {
  const save = () => {
    const address = URL.createObjectURL(new Blob([stringify(relationships)], { type: 'application/json' }))
    const link = document.createElement('a')
    link.href = address
    link.download = 'relationships.json'
    link.click()
    URL.revokeObjectURL(address)
  }
  return <Button variant="default" size="sm" leftSection={<IconDownload size={15} />} onClick={save}>Export</Button>
}
