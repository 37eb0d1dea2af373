import { Page } from '../../components/Page'

export function DataPage() {
  return <Page title="Data">{null}</Page>
}
