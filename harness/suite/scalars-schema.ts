import { z } from 'zod'
import { word } from './grammar.ts'
import { DIRECTIONS } from './words.ts'

export const duration = z
  .union([z.string(), z.number()])
  .meta({ description: 'A number and ns, us, ms, s, m or h, as in 350s; seconds where no unit is written.' })
export const position = z.union([z.string(), z.number()]).meta({
  description:
    'Just before this packet: its number (12), a time (1.5s), or [c2s:|s2c:]<class>[#n] (c2s:data#2).',
})
export const direction = word(DIRECTIONS, 'c2s: from client to server.')
export const natural = z.int().min(0)
