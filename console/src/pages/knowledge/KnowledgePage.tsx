import { Page } from '../../components/Page'

export function KnowledgePage() {
  return <Page title="Knowledge">{null}</Page>
}
