import { AreaTabs } from '../../components/AreaTabs'

/** The lists of the area. */
export function WorkflowTabs() {
  return (
    <AreaTabs label="Workflows" tabs={[
      { to: '/workflows', label: 'Definitions', exact: true },
      { to: '/workflows/executions', label: 'Executions' },
      { to: '/workflows/reviews', label: 'Reviews' },
    ]} />
  )
}
