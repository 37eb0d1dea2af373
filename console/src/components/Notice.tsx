import { Alert, type AlertProps } from '@mantine/core'

/** What stands above a page in a word: well, to be looked at, or wrong. Its title is read on any ground. */
export function Notice(props: AlertProps) {
  return <Alert variant="light" styles={{ title: { color: 'var(--mantine-color-text)' } }} {...props} />
}
