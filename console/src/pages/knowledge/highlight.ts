/** A piece of a text, marked if it is what was asked for. */
export interface Piece {
  text: string
  marked: boolean
}

const ENTITIES: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" }

/** The server's highlight (escaped, with `<mark>` around what was asked for) as pieces of text; nothing of it becomes markup. */
export function pieces(highlight: string): Piece[] {
  return highlight.split(/(<mark>[\s\S]*?<\/mark>)/).filter(Boolean).map((part) => {
    const marked = part.startsWith('<mark>')
    return { marked, text: (marked ? part.slice(6, -7) : part).replaceAll(/&(?:amp|lt|gt|quot|#39);/g, (entity) => ENTITIES[entity]!) }
  })
}
