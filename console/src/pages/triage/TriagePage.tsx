import { Page } from '../../components/Page'

export function TriagePage() {
  return <Page title="Triage">{null}</Page>
}
