import { Skeleton, Text } from '@mantine/core'
import { lazy, Suspense, useMemo } from 'react'
import { count } from '../../components/format'
import { pictureOf, type Edge } from './relationships'
import classes from './RelationshipGraph.module.css'

const RelationshipGraph = lazy(() => import('./RelationshipGraph'))
/** More cannot be read in one picture. */
const SHOWN_MAX = 80

/** The graph of what fits, and what its lines mean. */
export function Picture({ edges, focus }: { edges: readonly Edge[]; focus?: string }) {
  const part = useMemo(() => pictureOf(edges, focus, SHOWN_MAX), [edges, focus])
  return (
    <>
      <Suspense fallback={<Skeleton height={360} radius="md" />}><RelationshipGraph repositories={part.repositories} edges={part.edges} focus={focus} /></Suspense>
      <div className={classes.legend}>
        <span><svg width="34" height="8" aria-hidden><line x1="0" y1="4" x2="34" y2="4" stroke="currentColor" strokeWidth="1.5" /></svg>a consumer calls its API</span>
        <span><svg width="34" height="8" aria-hidden><line x1="0" y1="4" x2="34" y2="4" stroke="currentColor" strokeWidth="1.5" strokeDasharray="6 4" /></svg>a derivative was made from it</span>
        {part.hidden > 0 && <Text span inherit>{count(part.hidden)} repositories {focus ? 'that are not connected to it' : 'of few relationships'} are not drawn; the list has all.</Text>}
      </div>
    </>
  )
}
