import type { Hit } from './api'

const RANKERS = {
  text: { name: 'words', about: 'BM25: the rarer the words that it has and the shorter its text, the higher' },
  semantic: { name: 'meaning', about: 'How near its meaning is to that of the question; 1 is the same' },
  spelling: { name: 'spelling', about: 'How much the spelling of its title is like that of the question, from 0 to 1' },
} as const

export interface Part {
  ranker: string
  text: string
  about: string
}

/** What each ranker thought of a hit, in words. Ranks are fused, not scores: those of different rankers cannot be compared. */
export function explain(rankers: Hit['rankers']): Part[] {
  return (Object.keys(RANKERS) as (keyof typeof RANKERS)[]).filter((ranker) => rankers[ranker]).map((ranker) => {
    const { rank, score } = rankers[ranker]!
    return { ranker, text: `${RANKERS[ranker].name}: no. ${rank}, ${score.toFixed(ranker === 'text' ? 1 : 2)}`, about: `${RANKERS[ranker].about}. Its rank by this counts towards the score.` }
  })
}
