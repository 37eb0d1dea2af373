import { describe, expect, it } from 'vitest'
import { pieces } from './highlight'

describe('highlights', () => {
  it('are texts with marked pieces', () => {
    expect(pieces('calls are <mark>tried</mark> again')).toEqual([{ text: 'calls are ', marked: false }, { text: 'tried', marked: true }, { text: ' again', marked: false }])
  })
  it('show what was escaped as it was written', () => {
    expect(pieces('a &lt;script&gt; &amp;amp; <mark>&quot;b&quot;</mark>')).toEqual([{ text: 'a <script> &amp; ', marked: false }, { text: '"b"', marked: true }])
  })
})
