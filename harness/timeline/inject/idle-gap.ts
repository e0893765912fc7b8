import type { Injection } from '../../model/case.ts'
import { Direction, Tcp } from '../../model/codes.ts'
import { formatDuration } from '../../support/duration.ts'
import { FlowbreakError } from '../../support/errors.ts'
import { forgeTcp } from '../../wire/forge.ts'
import type { InjectionContext } from './context.ts'

/** Stretches the silence before the packet to exactly `gap`; keepalive probes and their answers may interrupt it. */
export function idleGap(
  injection: Extract<Injection, { kind: 'idle-gap' }>,
  context: InjectionContext,
): void {
  const { previous, now } = context
  if (previous === undefined)
    throw new FlowbreakError(
      'ERR_INJECTION_GAP',
      `${injection.label} comes before the first packet of flow ${context.flow}: choose a later packet.`,
    )
  const recorded = now - previous
  if (recorded > injection.gap)
    throw new FlowbreakError(
      'ERR_INJECTION_GAP',
      `${injection.label} asks for ${formatDuration(injection.gap)} of silence where ${formatDuration(recorded)} is recorded: ask for more.`,
    )
  context.shift(injection.scope, injection.gap - recorded)
  if (injection.keepalive !== undefined) keepalives(injection, injection.keepalive, previous, context)
}

/** RFC 9293 3.8.4: a probe carries no data and the last sequence number already acknowledged; the peer answers with an ACK. */
function keepalives(
  injection: Extract<Injection, { kind: 'idle-gap' }>,
  keepalive: { readonly every: number; readonly from: 'client' | 'server' },
  previous: number,
  context: InjectionContext,
): void {
  const [prober, peer] =
    keepalive.from === 'client' ? [Direction.c2s, Direction.s2c] : [Direction.s2c, Direction.c2s]
  const probe = acknowledgement(context, prober, -1, injection.label)
  const answer = acknowledgement(context, peer, 0, injection.label)
  for (let at = previous + keepalive.every; at < previous + injection.gap; at += keepalive.every) {
    context.put(probe, at)
    // A tenth of a millisecond: the round trip of a local network.
    context.put(answer, at + 100_000)
  }
}

function acknowledgement(context: InjectionContext, direction: 0 | 1, offset: number, label: string) {
  const template = context.cursor.template(direction)
  if (template === undefined)
    throw new FlowbreakError(
      'ERR_INJECTION_KEEPALIVE',
      `${label} needs a TCP flow with a packet in each direction before it to make keepalives of: choose a later packet.`,
    )
  const { cursor } = context
  const frame = forgeTcp(template, {
    flags: Tcp.ack,
    seq: (cursor.nextSeq(direction) + offset) >>> 0,
    ack: cursor.nextSeq(direction === 0 ? 1 : 0),
    window: cursor.window(direction),
    payload: 0,
  })
  return {
    type: 'frame',
    frame,
    link: template.link,
    number: 0,
    original: frame.length,
    flow: context.flow,
    direction,
    recorded: false,
  } as const
}
