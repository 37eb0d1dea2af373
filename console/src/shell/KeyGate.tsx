import { Button, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState, type FormEvent, type ReactNode } from 'react'
import { apiKey, unauthorized } from '../api/client'

/** Asks for the API key when the server wants one. */
export function KeyGate({ children }: { children: ReactNode }) {
  const [isRefused, setRefused] = useState(false)
  const [key, setKey] = useState('')
  const queries = useQueryClient()
  useEffect(() => {
    const refused = () => setRefused(true)
    unauthorized.addEventListener('refused', refused)
    return () => unauthorized.removeEventListener('refused', refused)
  }, [])
  if (!isRefused) return children
  const use = (event: FormEvent) => {
    event.preventDefault()
    apiKey.set(key)
    setRefused(false)
    void queries.resetQueries()
  }
  return (
    <Paper withBorder p="xl" maw={420} mx="auto" mt={64} component="form" onSubmit={use}>
      <Stack>
        <Title order={1} size="h4">API key</Title>
        <Text size="sm" c="dimmed">{apiKey.get() ? 'The server refuses the key that this tab has. ' : 'This server asks for its API key. '}It is kept in this tab only.</Text>
        <PasswordInput label="Key" required autoFocus autoComplete="current-password" value={key} onChange={(event) => setKey(event.currentTarget.value)} />
        <Button type="submit">Use it</Button>
      </Stack>
    </Paper>
  )
}
