import type { ReactNode } from 'react'
import { AreaTabs, type AreaTab } from '../../components/AreaTabs'
import { Page } from '../../components/Page'

const TABS: AreaTab[] = [
  { to: '/database', label: 'Connections', exact: true },
  { to: '/database/activity', label: 'Activity' },
  { to: '/database/locks', label: 'Locks' },
  { to: '/database/statements', label: 'Statements' },
  { to: '/database/explain', label: 'Explain' },
  { to: '/database/sizes', label: 'Sizes' },
  { to: '/database/parameters', label: 'Parameters' },
  { to: '/database/migrations', label: 'Migrations' },
  { to: '/database/backups', label: 'Backups' },
  { to: '/database/doctor', label: 'Doctor' },
]

/** What is around every page of the database. */
export function DatabaseArea({ about, actions, children }: { about: ReactNode; actions?: ReactNode; children: ReactNode }) {
  return (
    <Page title="Database" about={about} actions={actions}>
      <AreaTabs label="Pages about the database" tabs={TABS} />
      {children}
    </Page>
  )
}
