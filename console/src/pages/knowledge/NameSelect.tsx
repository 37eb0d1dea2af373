import { Select, type SelectProps } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { names } from './api'

const SHOWN_MAX = 50

/** Chooses one of the repositories or patterns that are known. */
export function NameSelect({ of, value, ...others }: { of: 'repositories' | 'patterns'; value: string | undefined } & Omit<SelectProps, 'data' | 'value'>) {
  const query = useQuery(names(of))
  const known = query.data ?? []
  const data = value && !known.includes(value) ? [value, ...known] : known
  return (
    <Select searchable clearable limit={SHOWN_MAX} data={data} value={value ?? null} error={query.isError ? query.error.message : undefined} clearButtonProps={{ 'aria-label': 'Clear' }}
      nothingFoundMessage={query.isPending ? 'Loading …' : known.length === 0 ? `No ${of} are known yet` : 'None is called so'} {...others} />
  )
}
