import { AreaTabs } from '../../components/AreaTabs'

/** The pages of the area. */
export function QueueTabs() {
  return (
    <AreaTabs label="Pages of Queues" tabs={[
      { to: '/queues', label: 'Queues', exact: true },
      { to: '/queues/schedules', label: 'Schedules' },
      { to: '/queues/workers', label: 'Workers' },
    ]} />
  )
}
