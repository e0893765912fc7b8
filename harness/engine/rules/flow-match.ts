import type { FlowMatch } from './rule.ts'
import { complain, type Piece, split } from './text.ts'

/** Reads keyword `flow`: at most one state and one direction. */
export function parseFlow(value: Piece): FlowMatch {
  let state: string | undefined
  let toServer: boolean | undefined
  const words = split(value, ',')
  if (words.length === 0 || value.text.endsWith(','))
    throw complain(value, 'flow needs a state or a direction, also behind a comma')
  for (const word of words) {
    const way = DIRECTIONS.get(word.text)
    if (way === undefined && !STATES.includes(word.text))
      throw complain(word, `this engine does not read flow:${word.text}`)
    if (way === undefined ? state !== undefined : toServer !== undefined)
      throw complain(word, `flow:${word.text} contradicts what stands before it`)
    if (way === undefined) state = word.text
    else toServer = way
  }
  const established = state === 'established' ? true : state === 'not_established' ? false : undefined
  return { established, stateless: state === 'stateless', toServer }
}

const STATES = ['established', 'not_established', 'stateless']
const DIRECTIONS: ReadonlyMap<string, boolean> = new Map([
  ['to_server', true],
  ['from_client', true],
  ['to_client', false],
  ['from_server', false],
])
