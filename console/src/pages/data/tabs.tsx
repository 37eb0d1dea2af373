import { AreaTabs, type AreaTab } from '../../components/AreaTabs'

const TABS: AreaTab[] = [
  { to: '/data', label: 'All', exact: true },
  { to: '/data/caches', label: 'Caches' },
  { to: '/data/sessions', label: 'Sessions' },
  { to: '/data/documents', label: 'Documents' },
  { to: '/data/imports', label: 'Imports' },
]

export function DataTabs() {
  return <AreaTabs label="Pages of Data" tabs={TABS} />
}
