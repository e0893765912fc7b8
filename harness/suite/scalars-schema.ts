import { z } from 'zod'
import { word } from './grammar.ts'
import { DIRECTIONS } from './words.ts'

/** A duration; the description and example are those of its key. */
export const duration = z.union([z.string(), z.number()])
export const position = z.union([z.string(), z.number()]).meta({
  description:
    'Just before this packet: its number (12), a time (1.5s), or [c2s:|s2c:]<class>[#n] (c2s:data#2).',
  examples: ['c2s:data#2', 12, '1.5s'],
})
export const direction = word(DIRECTIONS, 'c2s: from client to server; s2c: from server to client.')
export const natural = z.int().min(0)
/** A number, or text that becomes one once axes are filled in. */
export const size = z.union([z.int(), z.string()])
export const sentence = z.string().min(1)
/** The end of every description of a duration. */
export const UNITS = 'ns, us, ms, s, m or h; seconds where no unit is written'
