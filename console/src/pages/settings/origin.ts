/** Where a setting's value comes from. */
export const ORIGINS = ['default', 'environment', 'file', 'command line'] as const

export type Origin = (typeof ORIGINS)[number]

/** The kind of a source, as the server names it: a variable, a line of howdah.yml, the setting itself if it was given at the start. */
export function originOf({ name, source }: { name: string; source: string }): Origin {
  if (source === 'default') return 'default'
  if (source.startsWith('howdah.yml')) return 'file'
  return source === name ? 'command line' : 'environment'
}

/** Whether a setting is what somebody looks for. */
export function matches(setting: { name: string; variable: string; description: string }, wanted: string): boolean {
  const text = `${setting.name} ${setting.variable} ${setting.description}`.toLowerCase()
  return wanted.toLowerCase().split(/\s+/).every((word) => text.includes(word))
}

/** What is shown of a value: of a secret only whether there is one. */
export function shown(setting: { value: string; source: string; secret: boolean }): string {
  if (setting.secret) return setting.source === 'default' ? 'not set' : 'set, not shown'
  return setting.value === '' ? 'empty' : setting.value
}
