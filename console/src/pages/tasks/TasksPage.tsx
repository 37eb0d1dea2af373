import { Page } from '../../components/Page'

export function TasksPage() {
  return <Page title="Tasks">{null}</Page>
}
