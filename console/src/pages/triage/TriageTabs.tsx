import { AreaTabs } from '../../components/AreaTabs'

export function TriageTabs() {
  return (
    <AreaTabs label="Views of triage" tabs={[
      { to: '/triage', label: 'Relationships', exact: true },
      { to: '/triage/decisions', label: 'Decisions' },
      { to: '/triage/actions', label: 'Actions' },
      { to: '/triage/digest', label: 'Digest' },
      { to: '/triage/notify', label: 'Notify of a change' },
    ]} />
  )
}
