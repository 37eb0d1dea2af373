import { AreaTabs, type AreaTab } from '../../components/AreaTabs'
import { KINDS, KIND_PATHS } from './kinds'

const TABS: AreaTab[] = [
  { to: '/knowledge', label: 'Search', exact: true },
  ...KIND_PATHS.map((kind): AreaTab => ({ to: '/knowledge/$kind', params: { kind }, label: KINDS[kind].many.replace(/^./, (first) => first.toUpperCase()) })),
  { to: '/knowledge/map', label: 'Map' },
  { to: '/knowledge/repositories', label: 'Repositories' },
  { to: '/knowledge/ingestion', label: 'Ingestion' },
  { to: '/knowledge/collections', label: 'Collections' },
]

export function KnowledgeTabs() {
  return <AreaTabs label="Pages of Knowledge" tabs={TABS} />
}
