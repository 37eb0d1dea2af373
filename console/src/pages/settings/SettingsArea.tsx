import type { ReactNode } from 'react'
import { AreaTabs, type AreaTab } from '../../components/AreaTabs'
import { Page } from '../../components/Page'

const TABS: AreaTab[] = [
  { to: '/settings', label: 'Configuration', exact: true },
  { to: '/settings/server', label: 'Server and keys' },
  { to: '/settings/device', label: 'This device' },
]

/** What is around every page of the settings. */
export function SettingsArea({ about, children }: { about: ReactNode; children: ReactNode }) {
  return (
    <Page title="Settings" about={about}>
      <AreaTabs label="Pages about settings" tabs={TABS} />
      {children}
    </Page>
  )
}
