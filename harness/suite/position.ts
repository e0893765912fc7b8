import type { Position } from '../model/case.ts'
import { didYouMean } from '../support/did-you-mean.ts'
import { parseDuration } from '../support/duration.ts'
import { FlowbreakError } from '../support/errors.ts'
import { asWord, DIRECTIONS, listWords, PACKET_CLASSES } from './words.ts'

/**
 * Reads `12` (a packet of the capture, from 1), `1.5s` (a time of the capture) or `[c2s:|s2c:]<class>[#n]` (the nth packet of
 * a class, from 1). Throws ERR_POSITION_SYNTAX.
 */
export function parsePosition(text: string | number): Position {
  const written = String(text)
  if (/^[1-9]\d{0,14}$/.test(written)) return { packet: Number(written) }
  if (/^\d+(\.\d+)?[a-z]+$/.test(written)) return { time: parseDuration(written) }
  const match = /^(?:(c2s|s2c):)?([a-z-]+)(?:#([1-9]\d{0,8}))?$/.exec(written)
  const before = asWord(PACKET_CLASSES, match?.[2])
  if (match === null || before === undefined)
    throw new FlowbreakError(
      'ERR_POSITION_SYNTAX',
      `"${written}" is not a position: write a packet number (12), a time (1.5s), or a packet class with its direction and count (c2s:data#2), where a class is ${listWords(PACKET_CLASSES)}.${didYouMean(match?.[2] ?? '', PACKET_CLASSES)}`,
    )
  const direction = asWord(DIRECTIONS, match[1])
  return { before, ...(direction === undefined ? {} : { direction }), nth: Number(match[3] ?? 1) }
}
