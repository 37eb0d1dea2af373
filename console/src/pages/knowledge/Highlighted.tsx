import { Mark } from '@mantine/core'
import { pieces } from './highlight'

/** A text of the server's search with what was asked for marked. */
export function Highlighted({ text }: { text: string }) {
  return <>{pieces(text).map((piece, i) => (piece.marked ? <Mark key={i} style={{ color: 'inherit', background: 'light-dark(#ffec99, #3d3200)' }}>{piece.text}</Mark> : piece.text))}</>
}
