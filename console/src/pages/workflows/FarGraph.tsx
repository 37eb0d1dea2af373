import { useComputedColorScheme } from '@mantine/core'
import { Panel, useStore } from '@xyflow/react'
import { useEffect, useRef } from 'react'
import { count, words } from '../../components/format'
import { toneOf, type Tone } from '../../components/State'
import type { DefinitionEdge, Place } from './api'
import { NODE_HEIGHT, NODE_WIDTH } from './draft'
import type { GraphNodeType } from './GraphNode'
import type { ExecutionStore } from './store'
import { useStoreVersion } from './useExecution'
import classes from './workflows.module.css'

interface FarGraphProps {
  nodes: readonly GraphNodeType[]
  edges: readonly DefinitionEdge[]
  store?: ExecutionStore
  selected?: string
}

/**
 * A large graph from so far that no text could be read: each node as a mark in the colour of its state, on canvases, since
 * hundreds of elements would take longer to draw than a frame lasts. What the marks mean and how many there are stands beside.
 */
export function FarGraph({ nodes, edges, store, selected }: FarGraphProps) {
  const [x, y, zoom] = useStore((state) => state.transform)
  const width = useStore((state) => state.width)
  const height = useStore((state) => state.height)
  const scheme = useComputedColorScheme('light')
  const lines = useRef<HTMLCanvasElement>(null)
  const marks = useRef<HTMLCanvasElement>(null)

  useEffect(() => {
    const context = cleared(lines.current, width, height)
    if (!context) return
    const places = new Map(nodes.map((node) => [node.id, node.position]))
    const colour = getComputedStyle(lines.current!).color
    context.translate(x, y)
    context.scale(zoom, zoom)
    context.strokeStyle = colour
    context.lineWidth = Math.max(1.5, 0.5 / zoom)
    context.beginPath()
    for (const edge of edges) {
      const [from, to] = [places.get(edge.from), places.get(edge.to)]
      if (from && to) connect(context, from, to)
    }
    context.stroke()
  }, [nodes, edges, x, y, zoom, width, height, scheme])

  useEffect(() => {
    const colours = coloursOf(marks.current)
    const draw = () => {
      const context = cleared(marks.current, width, height)
      if (!context) return
      context.translate(x, y)
      context.scale(zoom, zoom)
      for (const node of nodes) {
        const { x: left, y: top } = node.position
        context.fillStyle = colours[store ? toneOf(store.node(node.id).status) : 'idle']
        context.fillRect(left, top, NODE_WIDTH, NODE_HEIGHT)
        if (node.id === selected || store?.critical.has(node.id)) {
          context.strokeStyle = node.id === selected ? colours.selected : colours.critical
          context.lineWidth = (node.id === selected ? 3 : 1.5) / zoom
          context.strokeRect(left, top, NODE_WIDTH, NODE_HEIGHT)
        }
      }
    }
    draw()
    return store?.subscribe(draw)
  }, [nodes, store, selected, x, y, zoom, width, height, scheme])

  return (
    <>
      <canvas ref={lines} className={classes.far} aria-hidden />
      <canvas ref={marks} className={classes.far} role="img" aria-label={`${count(nodes.length)} nodes from afar`} />
      <Panel position="top-left">{store ? <Legend store={store} /> : <div className={classes.farLegend}>{count(nodes.length)} nodes; come nearer to read them</div>}</Panel>
    </>
  )
}

function Legend({ store }: { store: ExecutionStore }) {
  useStoreVersion(store)
  const counts = new Map<string, number>()
  for (const { status } of store.all().values()) counts.set(status, (counts.get(status) ?? 0) + 1)
  return (
    <div className={classes.farLegend}>
      {[...counts].sort(([a], [b]) => a.localeCompare(b)).map(([status, nodes]) => <span key={status} data-tone={toneOf(status)}>{count(nodes)} {words(status)}</span>)}
    </div>
  )
}

/** The node at a place of the graph. */
export function nodeAt(nodes: readonly GraphNodeType[], { x, y }: Place): string | undefined {
  return nodes.find(({ position }) => x >= position.x && x <= position.x + NODE_WIDTH && y >= position.y && y <= position.y + NODE_HEIGHT)?.id
}

function connect(context: CanvasRenderingContext2D, from: Place, to: Place) {
  const [left, top, right, bottom] = [from.x + NODE_WIDTH, from.y + NODE_HEIGHT / 2, to.x, to.y + NODE_HEIGHT / 2]
  const bend = Math.max(Math.abs(right - left) / 2, 20)
  context.moveTo(left, top)
  context.bezierCurveTo(left + bend, top, right - bend, bottom, right, bottom)
}

/** An empty canvas of the size, sharp on any screen. */
function cleared(canvas: HTMLCanvasElement | null, width: number, height: number): CanvasRenderingContext2D | null {
  const context = canvas?.getContext('2d') ?? null
  if (!canvas || !context) return null
  const ratio = window.devicePixelRatio || 1
  canvas.width = Math.round(width * ratio)
  canvas.height = Math.round(height * ratio)
  context.scale(ratio, ratio)
  return context
}

const TONES: readonly Tone[] = ['idle', 'busy', 'good', 'bad', 'warn', 'off']

/** The colours that the style sheet has for marks, now. */
function coloursOf(canvas: HTMLCanvasElement | null): Record<Tone | 'selected' | 'critical', string> {
  const probe = document.createElement('i')
  canvas?.after(probe)
  const colourOf = (name: string) => {
    probe.style.color = `var(--${name})`
    return getComputedStyle(probe).color
  }
  const colours = Object.fromEntries([...TONES.map((tone) => [tone, colourOf(`tone-${tone}`)]), ['selected', colourOf('mantine-primary-color-filled')], ['critical', colourOf('critical')]]) as Record<Tone | 'selected' | 'critical', string>
  probe.remove()
  return colours
}
