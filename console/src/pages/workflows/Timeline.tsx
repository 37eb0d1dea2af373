import { Text, VisuallyHidden } from '@mantine/core'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useId, useMemo, useRef, type KeyboardEvent } from 'react'
import { duration, words } from '../../components/format'
import { toneOf } from '../../components/State'
import { useNow } from '../../components/Time'
import { fanOut, type ExecutionStore } from './store'
import { durationOf, rangeOf, rowsOf } from './timeline'
import { useStoreVersion } from './useExecution'
import classes from './workflows.module.css'

const ROW = 28

interface TimelineProps {
  store: ExecutionStore
  isOver: boolean
  selected?: string
  onSelect: (node: string) => void
}

/** When each node ran: a row per node, which is chosen anywhere on it, by arrows, too. */
export function Timeline({ store, isOver, selected, onSelect }: TimelineProps) {
  const version = useStoreVersion(store)
  const ticked = useNow()
  const id = useId()
  const scroller = useRef<HTMLDivElement>(null)
  const rows = useMemo(() => rowsOf(store.all(), store.critical), [store, version])
  const { from, to } = useMemo(() => rangeOf(store.all(), Math.max(ticked, Date.now()), isOver), [store, version, isOver, isOver ? 0 : ticked])
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => scroller.current, estimateSize: () => ROW, overscan: 8, initialRect: { width: 600, height: 400 } })
  const at = rows.findIndex((row) => row.id === selected)
  useEffect(() => {
    if (at >= 0) virtual.scrollToIndex(at, { align: 'auto' })
  }, [selected])
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1, Home: -rows.length, End: rows.length }[event.key]
    if (step === undefined || !rows.length) return
    event.preventDefault()
    event.stopPropagation()
    onSelect(rows[Math.min(rows.length - 1, Math.max(0, at + step))]!.id)
  }
  const scale = 100 / (to - from)
  return (
    <div>
      <div className={classes.rows} ref={scroller} role="listbox" tabIndex={0} aria-label="Timeline of the nodes" aria-activedescendant={at >= 0 ? `${id}-${at}` : undefined} onKeyDown={onKeyDown}>
        <div role="presentation" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {virtual.getVirtualItems().map((item) => {
            const { id: node, node: progress, isCritical } = rows[item.index]!
            const took = durationOf(progress, to)
            const share = took === undefined ? undefined : took * scale
            return (
              <div key={node} id={`${id}-${item.index}`} role="option" aria-selected={selected === node} aria-current={selected === node ? true : undefined} className={classes.row} style={{ transform: `translateY(${item.start}px)` }} onClick={() => onSelect(node)}
                title={`${node}: ${words(progress.status)}${progress.children ? `, ${fanOut(progress.children)}` : ''}${progress.error ? `, ${progress.error}` : ''}`}>
                <span className={classes.rowName} data-critical={isCritical || undefined}>{node}<VisuallyHidden>: {words(progress.status)}{isCritical && ', on the critical path'}</VisuallyHidden></span>
                <span className={classes.track}>
                  {progress.startedAt !== undefined && <span className={classes.bar} data-tone={toneOf(progress.status)} data-critical={isCritical || undefined} style={{ left: `${Math.min(99.5, (progress.startedAt - from) * scale)}%`, width: `${share}%` }} />}
                </span>
                <span className={classes.rowTime}>{took === undefined ? words(progress.status) : `${duration(took)}${share === undefined ? '' : ` · ${Math.round(share)} %`}`}</span>
              </div>
            )
          })}
        </div>
      </div>
      <div className={classes.legend}><span>0</span><span>Bold and underlined: the critical path</span><span>{duration(to - from)}</span></div>
      {rows.length === 0 && <Text size="sm" c="dimmed">No node has begun.</Text>}
    </div>
  )
}
