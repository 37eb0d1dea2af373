import { Checkbox, Loader } from '@mantine/core'
import { useElementSize, useMergedRef } from '@mantine/hooks'
import { useVirtualizer } from '@tanstack/react-virtual'
import { memo, useCallback, useEffect, useId, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent, type MouseEvent, type ReactNode } from 'react'
import classes from './DataTable.module.css'

export interface Column<T> {
  key: string
  header: ReactNode
  cell: (row: T) => ReactNode
  /** A CSS grid track such as `120px` or `minmax(160px, 2fr)`. */
  width?: string
  align?: 'left' | 'right'
  /** Left out where the table is narrower than so many pixels. */
  from?: number
}

export interface DataTableProps<T> {
  label: string
  columns: Column<T>[]
  rows: readonly T[]
  rowKey: (row: T) => string
  /** Enter or a click on a row. */
  onOpen?: (row: T) => void
  /** Rows that are marked, by key; `x`, clicks with Shift for a range. */
  selected?: ReadonlySet<string>
  onSelect?: (selected: Set<string>) => void
  /** Asked for when the end comes into sight; without it there is nothing more, or not yet. */
  onMore?: () => void
  isLoadingMore?: boolean
  /** The row that is open beside the table. */
  current?: string
  rowHeight?: number
  /** At most so high; a CSS length. */
  maxHeight?: string
  empty?: ReactNode
}

/**
 * A table of any length: only what is in sight is in the page. `j` and `k` go, `Enter` opens, `x` marks. Rows that come in above
 * do not move what somebody reads.
 */
export function DataTable<T>({ label, columns, rows, rowKey, onOpen, selected, onSelect, onMore, isLoadingMore, current, rowHeight = 40, maxHeight = 'max(320px, calc(100dvh - 260px))', empty }: DataTableProps<T>) {
  const scroller = useRef<HTMLDivElement>(null)
  const { ref: sizer, width } = useElementSize<HTMLDivElement>()
  const ref = useMergedRef(scroller, sizer)
  const id = useId()
  const [cursor, setCursor] = useState<string>()
  const anchor = useRef<string>(undefined)
  const shown = useMemo(() => columns.filter((column) => !column.from || width === 0 || width >= column.from), [columns, width])
  const template = `${onSelect ? '34px ' : ''}${shown.map((column) => column.width ?? 'minmax(0, 1fr)').join(' ')}`
  const keyOf = useRef(rowKey)
  keyOf.current = rowKey
  // The same as long as the rows are: with another one, all rows would be measured again.
  const getItemKey = useCallback((index: number) => keyOf.current(rows[index]!), [rows])
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => scroller.current, estimateSize: () => rowHeight, overscan: 8, getItemKey, initialRect: { width: 800, height: 600 } })
  const items = virtual.getVirtualItems()

  // What is read stays where it is when rows come in above it.
  const top = useRef<{ key: string; offset: number } | undefined>(undefined)
  useLayoutEffect(() => {
    const box = scroller.current
    const before = top.current
    if (box && before && box.scrollTop > rowHeight) {
      const index = rows.findIndex((row) => rowKey(row) === before.key)
      if (index >= 0 && Math.abs(index * rowHeight + before.offset - box.scrollTop) > 1) box.scrollTop = index * rowHeight + before.offset
    }
  }, [rows])
  const onScroll = () => {
    const box = scroller.current!
    const index = Math.floor(box.scrollTop / rowHeight)
    const row = rows[index]
    top.current = row && { key: rowKey(row), offset: box.scrollTop - index * rowHeight }
  }

  const last = items.at(-1)?.index ?? -1
  useEffect(() => {
    if (onMore && rows.length > 0 && last >= rows.length - 10 && !isLoadingMore) onMore()
  }, [last, rows.length, isLoadingMore, !onMore])

  const toggle = (key: string, isRange: boolean) => {
    if (!onSelect) return
    const next = new Set(selected)
    const from = isRange && anchor.current ? rows.findIndex((row) => rowKey(row) === anchor.current) : -1
    const to = rows.findIndex((row) => rowKey(row) === key)
    if (from >= 0) {
      rows.slice(Math.min(from, to), Math.max(from, to) + 1).forEach((row) => next.add(rowKey(row)))
    } else if (!next.delete(key)) {
      next.add(key)
    }
    anchor.current = key
    onSelect(next)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== scroller.current || event.ctrlKey || event.metaKey || event.altKey) return
    const at = cursor === undefined ? -1 : rows.findIndex((row) => rowKey(row) === cursor)
    const steps: Record<string, number> = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -rows.length, End: rows.length }
    const step = steps[event.key]
    const row = rows[at]
    if (step !== undefined && rows.length) {
      const next = Math.min(rows.length - 1, Math.max(0, at + step))
      setCursor(rowKey(rows[next]!))
      virtual.scrollToIndex(next)
    } else if (event.key === 'Enter' && row && onOpen) {
      onOpen(row)
    } else if (event.key === 'x' && row) {
      toggle(rowKey(row), event.shiftKey)
    } else {
      return
    }
    event.preventDefault()
  }
  const onRowClick = (event: MouseEvent, row: T) => {
    if ((event.target as HTMLElement).closest('a, button, input, label')) return
    setCursor(rowKey(row))
    if (event.shiftKey && onSelect) toggle(rowKey(row), true)
    else if (window.getSelection()?.isCollapsed !== false) onOpen?.(row)
  }
  const isAll = rows.length > 0 && rows.every((row) => selected?.has(rowKey(row)))

  return (
    <div ref={ref} className={classes.scroller} style={{ maxHeight }} role="grid" aria-label={label} aria-rowcount={rows.length + 1} aria-multiselectable={onSelect ? true : undefined}
      tabIndex={0} aria-activedescendant={cursor !== undefined && items.some((item) => item.key === cursor) ? `${id}-${cursor}` : undefined} onKeyDown={onKeyDown} onScroll={onScroll}>
      <div className={classes.head} role="row" aria-rowindex={1} style={{ gridTemplateColumns: template }}>
        {onSelect && (
          <div role="columnheader"><Checkbox size="xs" aria-label="Mark all rows that are loaded" checked={isAll} indeterminate={!isAll && (selected?.size ?? 0) > 0}
            onChange={() => onSelect(isAll ? new Set() : new Set(rows.map(rowKey)))} /></div>
        )}
        {shown.map((column) => <div key={column.key} role="columnheader" className={classes.cell} data-align={column.align}>{column.header}</div>)}
      </div>
      {rows.length === 0 ? <div role="row"><div role="gridcell">{empty}</div></div> : (
        <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {items.map((item) => {
            const row = rows[item.index]!
            const key = rowKey(row)
            return (
              <div key={key} id={`${id}-${key}`} role="row" aria-rowindex={item.index + 2} aria-selected={onSelect ? (selected?.has(key) ?? false) : undefined} aria-current={current === key ? true : undefined} className={classes.row} data-cursor={cursor === key || undefined}
                data-opens={onOpen ? true : undefined} style={{ gridTemplateColumns: template, height: rowHeight, transform: `translateY(${item.start}px)` }} onClick={(event) => onRowClick(event, row)}>
                {onSelect && <div role="gridcell"><input type="checkbox" className={classes.mark} aria-label={`Mark ${key}`} checked={selected?.has(key) ?? false} onChange={(event) => toggle(key, (event.nativeEvent as PointerEvent).shiftKey)} /></div>}
                <Cells columns={shown} row={row} />
              </div>
            )
          })}
        </div>
      )}
      {isLoadingMore && <div className={classes.more} role="status" aria-label="Loading more"><Loader size="xs" /></div>}
    </div>
  )
}

/** A row that only moved is not written anew. */
const Cells = memo(function Cells<T>({ columns, row }: { columns: readonly Column<T>[]; row: T }) {
  return columns.map((column) => <div key={column.key} role="gridcell" className={classes.cell} data-align={column.align}>{column.cell(row)}</div>)
}) as <T>(props: { columns: readonly Column<T>[]; row: T }) => ReactNode
