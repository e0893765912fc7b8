import type { Injection } from '../../model/case.ts'
import { Direction, Tcp } from '../../model/codes.ts'
import { FlowbreakError } from '../../support/errors.ts'
import { forgeTcp } from '../../wire/forge.ts'
import type { InjectionContext } from './context.ts'

const FLAG_LETTERS: Readonly<Record<string, number>> = {
  F: Tcp.fin,
  S: Tcp.syn,
  R: Tcp.rst,
  P: Tcp.psh,
  A: Tcp.ack,
  U: Tcp.urg,
  E: Tcp.ece,
  C: Tcp.cwr,
}

/** Offers one segment that was not recorded: its sender's current sequence numbers plus the differences that the injection gives. */
export function segment(injection: Extract<Injection, { kind: 'segment' }>, context: InjectionContext): void {
  const direction = Direction[injection.direction]
  const { cursor } = context
  const template = cursor.template(direction)
  if (template === undefined)
    throw new FlowbreakError(
      'ERR_INJECTION_SEGMENT',
      `${injection.label} needs a TCP packet of ${injection.direction} before it to make one like it: choose a later packet.`,
    )
  let flags = 0
  for (const letter of injection.flags) flags |= FLAG_LETTERS[letter] ?? 0
  const timestamp = cursor.timestamp(direction)
  const frame = forgeTcp(template, {
    flags,
    seq: (cursor.nextSeq(direction) + injection.seq) >>> 0,
    ack: (flags & Tcp.ack) === 0 ? 0 : (cursor.nextSeq(direction === 0 ? 1 : 0) + injection.ack) >>> 0,
    window: cursor.window(direction),
    payload: injection.length,
    ...(timestamp === undefined
      ? {}
      : { timestamp: { value: (timestamp.value + injection.timestamp) >>> 0, echo: timestamp.echo } }),
  })
  context.put({
    type: 'frame',
    frame,
    link: template.link,
    number: 0,
    original: frame.length,
    flow: context.flow,
    direction,
    recorded: false,
  })
}
