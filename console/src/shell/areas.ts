import { IconBook2, IconBrain, IconDatabase, IconGauge, IconListDetails, IconRobot, IconSettings, IconSitemap, IconStack2, IconTimeline, type Icon } from '@tabler/icons-react'

/** The areas of the console, in the order of the navigation; `g` and the letter goes there. */
export interface Area {
  path: string
  name: string
  about: string
  icon: Icon
  letter: string
}

export const AREAS: Area[] = [
  { path: '/', name: 'Overview', about: 'What needs me now', icon: IconGauge, letter: 'o' },
  { path: '/tasks', name: 'Tasks', about: 'Every task, live', icon: IconListDetails, letter: 't' },
  { path: '/queues', name: 'Queues', about: 'Depth, limits, schedules, workers', icon: IconStack2, letter: 'q' },
  { path: '/workflows', name: 'Workflows', about: 'Definitions, executions, builder', icon: IconSitemap, letter: 'w' },
  { path: '/agents', name: 'Agents', about: 'Skills, tasks, deliveries, models', icon: IconRobot, letter: 'a' },
  { path: '/triage', name: 'Triage', about: 'Repositories, changes, decisions', icon: IconTimeline, letter: 'i' },
  { path: '/knowledge', name: 'Knowledge', about: 'Search, patterns, map', icon: IconBrain, letter: 'k' },
  { path: '/data', name: 'Data', about: 'Caches, sessions, documents', icon: IconBook2, letter: 'd' },
  { path: '/database', name: 'Database', about: 'Pool, queries, backups, doctor', icon: IconDatabase, letter: 'b' },
  { path: '/settings', name: 'Settings', about: 'Configuration in force', icon: IconSettings, letter: 's' },
]
