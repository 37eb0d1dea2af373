import type { ReactNode } from 'react'
import { LinkTabs, type LinkTab } from '../../components/LinkTabs'
import { Page } from '../../components/Page'

const TABS: LinkTab[] = [
  { to: '/settings', label: 'Configuration' },
  { to: '/settings/server', label: 'Server and keys' },
  { to: '/settings/device', label: 'This device' },
]

/** What is around every page of the settings. */
export function SettingsArea({ about, children }: { about: ReactNode; children: ReactNode }) {
  return (
    <Page title="Settings" about={about}>
      <LinkTabs label="Pages about settings" tabs={TABS} />
      {children}
    </Page>
  )
}
