import { ActionIcon, Button, Group, Modal, Stack, Text, Tooltip, type ButtonProps } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect, type ReactNode } from 'react'
import { holdStill } from '../live/still'
import { Problem } from './Problem'

export interface ActionProps<T> {
  /** The verb, as on the button: "Retry". */
  label: string
  /** What it will do, to what, in a sentence. Asked when the dialog opens, so that it may count first. */
  about: ReactNode | (() => ReactNode)
  /** How it is undone, or that it cannot be. */
  undo: string
  run: () => Promise<T>
  /** What is said when it is done. */
  done?: (answer: T) => string
  onDone?: (answer: T) => void
  icon?: ReactNode
  isDangerous?: boolean
  /** Why it cannot be done now; the button is off then and says so. */
  blocked?: string
  /** Only the icon, with the label as its name. */
  compact?: boolean
  variant?: ButtonProps['variant']
  size?: ButtonProps['size']
  /** More to fill in before it runs. */
  children?: ReactNode
  confirmLabel?: string
}

/** Something that changes the world: says what it will do and whether it can be undone, then does it. */
export function Action<T>({ label, about, undo, run, done, onDone, icon, isDangerous, blocked, compact, variant = 'default', size = 'sm', children, confirmLabel }: ActionProps<T>) {
  const [opened, { open, close }] = useDisclosure(false)
  useEffect(() => (opened ? holdStill() : undefined), [opened])
  const queries = useQueryClient()
  const mutation = useMutation({
    mutationFn: run,
    onSuccess: (answer) => {
      close()
      notifications.show({ message: done?.(answer) ?? `${label}: done`, color: 'teal', withBorder: true })
      void queries.invalidateQueries()
      onDone?.(answer)
    },
  })
  const start = () => {
    mutation.reset()
    open()
  }
  return (
    <>
      <Tooltip label={blocked ?? label} disabled={!blocked && !compact}>
        {compact
          ? <ActionIcon variant="subtle" color={isDangerous ? 'red' : 'gray'} aria-label={label} aria-disabled={!!blocked} data-disabled={blocked ? true : undefined} onClick={() => !blocked && start()}>{icon}</ActionIcon>
          : <Button variant={variant} size={size} color={isDangerous && variant !== 'default' ? 'red' : undefined} leftSection={icon} aria-disabled={!!blocked} data-disabled={blocked ? true : undefined} onClick={() => !blocked && start()}>{label}</Button>}
      </Tooltip>
      <Modal opened={opened} onClose={close} title={label} centered closeButtonProps={{ 'aria-label': 'Close' }}>
        {opened && (
          <Stack gap="md">
            <Text size="sm" component="div">{typeof about === 'function' ? about() : about}</Text>
            {children}
            <Text size="sm" c="dimmed">{undo}</Text>
            {mutation.isError && <Problem error={mutation.error} />}
            <Group justify="flex-end">
              <Button variant="default" onClick={close} data-autofocus={isDangerous || undefined}>Back</Button>
              <Button color={isDangerous ? 'red' : undefined} loading={mutation.isPending} onClick={() => mutation.mutate()} data-autofocus={isDangerous ? undefined : true}>{confirmLabel ?? label}</Button>
            </Group>
          </Stack>
        )}
      </Modal>
    </>
  )
}
