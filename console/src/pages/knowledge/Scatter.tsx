import { Paper, Text, useComputedColorScheme } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import { useEffect, useMemo, useRef, useState } from 'react'
import type { MapPoint } from './api'
import { fit, nearest, outline, type Mark } from './plane'
import classes from './Scatter.module.css'

const RADIUS = 5

/** Points of a plane on a canvas, since thousands of elements would be slow. The list beside it is the same for those who cannot see it. */
export function Scatter({ points, markOf, active, onActive, onOpen, label, height = 520 }: { points: readonly MapPoint[]; markOf: (point: MapPoint) => Mark; active?: string; onActive: (key?: string) => void; onOpen: (point: MapPoint) => void; label: string; height?: number }) {
  const { ref, width } = useElementSize<HTMLDivElement>()
  const canvas = useRef<HTMLCanvasElement>(null)
  const dark = useComputedColorScheme('light') === 'dark'
  const [hovered, setHovered] = useState(-1)
  const places = useMemo(() => {
    const view = fit(points, width, height)
    return points.map(view.place)
  }, [points, width, height])
  const shown = hovered >= 0 ? hovered : points.findIndex((point) => point.key === active)

  useEffect(() => {
    const context = canvas.current?.getContext('2d')
    if (!context || width === 0) return
    const ratio = window.devicePixelRatio || 1
    canvas.current!.width = width * ratio
    canvas.current!.height = height * ratio
    context.scale(ratio, ratio)
    context.clearRect(0, 0, width, height)
    context.lineWidth = 1
    points.forEach((point, i) => {
      const mark = markOf(point)
      const path = new Path2D(outline(mark.shape, places[i]!, RADIUS))
      const colour = mark[dark ? 'dark' : 'light']
      context.globalAlpha = 0.8
      context.fillStyle = context.strokeStyle = colour
      if (mark.shape === 'ring') context.stroke(path)
      else context.fill(path)
    })
    const at = places[shown]
    if (at) {
      context.globalAlpha = 1
      context.lineWidth = 2
      context.strokeStyle = dark ? '#fff' : '#000'
      context.stroke(new Path2D(outline('circle', at, RADIUS + 5)))
    }
  }, [points, places, width, height, dark, shown, markOf])

  const at = (event: React.MouseEvent) => {
    const box = canvas.current!.getBoundingClientRect()
    return nearest(places, { x: event.clientX - box.left, y: event.clientY - box.top })
  }
  const point = points[shown]
  const place = places[shown]
  return (
    <div ref={ref} className={classes.box} style={{ height }}>
      <canvas ref={canvas} role="img" aria-label={label} style={{ width: '100%', height, cursor: hovered >= 0 ? 'pointer' : undefined }}
        onMouseMove={(event) => {
          const next = at(event)
          if (next === hovered) return
          setHovered(next)
          onActive(points[next]?.key)
        }}
        onMouseLeave={() => {
          setHovered(-1)
          onActive(undefined)
        }}
        onClick={(event) => {
          const hit = points[at(event)]
          if (hit) onOpen(hit)
        }} />
      {point && place && (
        <Paper withBorder shadow="md" p="xs" className={classes.panel} data-testid="map-panel" style={{ left: Math.min(place.x + 12, Math.max(0, width - 270)), top: place.y > height / 2 ? undefined : place.y + 12, bottom: place.y > height / 2 ? height - place.y + 12 : undefined }}>
          <Text size="sm" fw={600} lineClamp={3} style={{ overflowWrap: 'anywhere' }}>{point.title}</Text>
          {Object.entries(point.metadata).filter(([, value]) => value !== '' && value !== null).map(([name, value]) => <Text key={name} size="xs" c="dimmed" truncate="end">{name}: {String(value)}</Text>)}
        </Paper>
      )}
    </div>
  )
}
