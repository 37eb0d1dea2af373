import { Box, useComputedColorScheme } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import { useEffect, useRef } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import classes from './Chart.module.css'
import { short } from './format'

export interface Series {
  label: string
  values: (number | null)[]
  /** A CSS colour for the light and the dark page; taken from the palette by default. */
  colour?: [light: string, dark: string]
  fill?: boolean
  /** Bars instead of a line. */
  bars?: boolean
}

const PALETTE: [string, string][] = [['#0f766e', '#2dd4bf'], ['#1d4ed8', '#7db0ff'], ['#b45309', '#fbbf24'], ['#b91c1c', '#f87171'], ['#6d28d9', '#c4a5ff'], ['#475569', '#a3b1c2']]

/** Values over time. Read with the eye; its summary is read out. */
export function Chart({ label, at, series, format = short, height = 180, zeroBased = true }: { label: string; at: number[]; series: Series[]; format?: (value: number) => string; height?: number; zeroBased?: boolean }) {
  const { ref, width } = useElementSize<HTMLDivElement>()
  const host = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot>(undefined)
  const dark = useComputedColorScheme('light') === 'dark'
  const names = series.map((each) => `${each.label}${each.bars ? '|' : ''}`).join(',')
  const data = [at.map((each) => each / 1000), ...series.map((each) => each.values)] as uPlot.AlignedData

  useEffect(() => {
    if (!host.current || width === 0) return
    const ink = dark ? '#b6bec8' : '#4a5560'
    const grid = { stroke: dark ? '#2e343b' : '#e6eaee', width: 1 }
    const axis = { stroke: ink, font: '11px system-ui', grid, ticks: { show: false } }
    plot.current = new uPlot({
      width, height,
      padding: [8, 8, 0, 0],
      cursor: { points: { size: 6 }, y: false },
      legend: { live: true },
      scales: { y: { range: (_, min, max) => [zeroBased ? Math.min(0, min) : min, max <= 0 ? 1 : max * 1.08] } },
      axes: [{ ...axis, values: (_, splits, __, ___, step) => splits.map((each) => clock(each, step)) }, { ...axis, size: 56, values: (_, splits) => splits.map((each) => (each == null ? '' : format(each))) }],
      series: [{ value: (_, seconds) => (seconds == null ? '–' : new Date(seconds * 1000).toLocaleTimeString('en-GB')) }, ...series.map((each, i) => {
        const stroke = (each.colour ?? PALETTE[i % PALETTE.length]!)[dark ? 1 : 0]
        return { label: each.label, stroke, width: 1.75, fill: each.fill || each.bars ? `${stroke}33` : undefined, points: { show: false }, value: (_: uPlot, value: number | null) => (value == null ? '–' : format(value)),
          ...(each.bars ? { paths: uPlot.paths.bars!({ size: [0.8, 24] }) } : {}) }
      })],
    }, data, host.current)
    return () => {
      plot.current?.destroy()
      plot.current = undefined
    }
  }, [width, height, dark, names])
  useEffect(() => plot.current?.setData(data), [at, series])

  const summary = series.map((each) => {
    const known = each.values.filter((value) => value != null)
    return known.length ? `${each.label}: now ${format(known.at(-1)!)}, highest ${format(Math.max(...known))}` : `${each.label}: nothing yet`
  }).join('; ')
  return <Box ref={ref} className={classes.chart} role="img" aria-label={`${label}. ${summary}`} style={{ minHeight: height + 30 }}><div ref={host} /></Box>
}

/** The time of day as it is written elsewhere; the day where it changes, or where a step is longer. */
function clock(seconds: number, step: number): string {
  const at = new Date(seconds * 1000)
  const isDay = step >= 86_400 || (at.getHours() === 0 && at.getMinutes() === 0)
  return at.toLocaleString('en-GB', isDay ? { day: '2-digit', month: 'short' } : { hour: '2-digit', minute: '2-digit' })
}

/** A small line beside a number. */
export function Sparkline({ values, label, width = 96, height = 24 }: { values: (number | null)[]; label: string; width?: number; height?: number }) {
  const known = values.map((value) => value ?? 0)
  const max = Math.max(1, ...known)
  const step = known.length > 1 ? width / (known.length - 1) : width
  const points = known.map((value, i) => `${(i * step).toFixed(1)},${(height - 2 - (value / max) * (height - 4)).toFixed(1)}`).join(' ')
  return (
    <svg width={width} height={height} role="img" aria-label={label} className={classes.sparkline}>
      <polyline points={points} fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinejoin="round" />
    </svg>
  )
}

/** How much of a limit is used. */
export function Gauge({ value, max, label, format = short }: { value: number; max: number | null | undefined; label: string; format?: (value: number) => string }) {
  const part = max ? Math.min(1, value / max) : 0
  const tone = part > 0.9 ? 'bad' : part > 0.7 ? 'warn' : 'good'
  return (
    <div className={classes.gauge}>
      <div className={classes.gaugeText}><span>{label}</span><span>{format(value)}{max ? ` of ${format(max)}` : ''}</span></div>
      <div className={classes.track} role="meter" aria-label={label} aria-valuemin={0} aria-valuemax={max ?? value} aria-valuenow={value}><div data-tone={tone} style={{ width: `${part * 100}%` }} /></div>
    </div>
  )
}
