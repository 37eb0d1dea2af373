import { Page } from '../../components/Page'

export function DatabasePage() {
  return <Page title="Database">{null}</Page>
}
