import type { Field } from './documents'

/** What can stand where somebody types. */
export interface Completion {
  /** What is replaced: from the quote that begins the text to the caret (or the quote that ends it). */
  from: number
  to: number
  options: { insert: string; label: string; about: string }[]
}

export const FILTER_OPERATORS: Record<string, string> = {
  $eq: 'equals', $ne: 'does not equal', $gt: 'is greater', $gte: 'is greater or equal', $lt: 'is less', $lte: 'is less or equal', $in: 'is one of', $nin: 'is none of', $and: 'all of', $or: 'one of', $nor: 'none of', $not: 'not',
  $exists: 'is there', $type: 'has a type', $all: 'has all of', $elemMatch: 'has an element that', $size: 'has so many elements', $regex: 'matches a pattern', $options: 'i, m or s, of $regex', $mod: 'has a remainder', $expr: 'compares two fields',
}
export const STAGES: Record<string, string> = {
  $match: 'only those', $project: 'shows fields', $addFields: 'adds fields', $unset: 'hides fields', $group: 'puts together', $sort: 'in this order', $skip: 'leaves out the first', $limit: 'only so many', $unwind: 'one of each element', $count: 'how many',
  $lookup: 'joins another collection', $facet: 'several pipelines', $sortByCount: 'how often', $replaceRoot: 'another root', $sum: 'the sum', $avg: 'the average', $min: 'the least', $max: 'the greatest', $first: 'the first', $last: 'the last', $push: 'all in an array',
}
const OPTIONS_MAX = 8

/** Looks for what begins as what was typed between the last quote and the caret: fields, operators, and values behind a colon. */
export function completionAt(text: string, caret: number, fields: readonly Field[], operators: Record<string, string> = FILTER_OPERATORS): Completion | undefined {
  const from = openQuote(text, caret)
  if (from < 0) return undefined
  const typed = text.slice(from + 1, caret)
  const to = text[caret] === '"' ? caret + 1 : caret
  const before = text.slice(0, from).trimEnd()
  const options: Completion['options'] = []
  const offer = (word: string, about: string) => {
    if (word.toLowerCase().includes(typed.toLowerCase()) && word !== typed) options.push({ insert: JSON.stringify(word), label: word, about })
  }
  if (before.endsWith(':')) {
    // A value: those that were seen at the path that is named before, and paths in aggregations.
    const key = /"((?:\\.|[^"\\])*)"\s*(?::\s*\{\s*"\$\w+"\s*)?:$/.exec(before)?.[1]
    fields.find((field) => field.path === key)?.samples.forEach((sample) => typeof sample === 'string' && offer(sample, 'a value that is there'))
    if (operators === STAGES && typed.startsWith('$')) fields.forEach((field) => offer(`$${field.path}`, field.types.join(', ')))
  } else {
    if (typed.startsWith('$')) Object.entries(operators).forEach(([operator, about]) => offer(operator, about))
    else fields.forEach((field) => offer(field.path, field.types.join(', ')))
  }
  const sorted = options.toSorted((a, b) => Number(b.label.startsWith(typed)) - Number(a.label.startsWith(typed))).slice(0, OPTIONS_MAX)
  return sorted.length ? { from, to, options: sorted } : undefined
}

/** Where the text begins in which the caret stands; -1 if it stands in none. */
function openQuote(text: string, caret: number): number {
  let open = -1
  for (let i = 0; i < caret; i++) {
    if (text[i] === '\\') i++
    else if (text[i] === '"') open = open < 0 ? i : -1
  }
  return open
}

/** The text with a completion taken, and where the caret goes. */
export function complete(text: string, { from, to }: Completion, insert: string): { text: string; caret: number } {
  return { text: text.slice(0, from) + insert + text.slice(to), caret: from + insert.length }
}
