import { expect, it } from 'vitest'
import { withNewest, withOlder } from './list'

const rows = (...ids: string[]) => ids.map((id) => ({ id }))

it('keeps what stands behind the newest', () => expect(withNewest(rows('5', '4', '3', '2'), rows('7', '6', '5', '4'), false)).toEqual(rows('7', '6', '5', '4', '3', '2')))
it('drops what does not match any more', () => expect(withNewest(rows('5', '4', '3'), rows('6', '5', '3'), false)).toEqual(rows('6', '5', '3')))
it('keeps no more than it may', () => expect(withNewest(rows('5', '4', '3', '2'), rows('7', '6', '5', '4'), false, 5)).toEqual(rows('7', '6', '5', '4', '3')))
it('takes a page that is all there is', () => expect(withNewest(rows('5', '4', '3'), rows('6'), true)).toEqual(rows('6')))
it('begins anew rather than leaving a hole', () => expect(withNewest(rows('3', '2'), rows('9', '8'), false)).toEqual(rows('9', '8')))
it('appends older rows once', () => expect(withOlder(rows('5', '4'), rows('4', '3'))).toEqual(rows('5', '4', '3')))
