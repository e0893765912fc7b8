import { type PacketBatch, type Rebuilt, tunnelDepth } from '../model/batch.ts'
import { buildReset } from '../wire/reset.ts'
import { buildUnreachable } from '../wire/unreachable.ts'
import type { Settings } from './settings.ts'

/** Who is to get a reset, seen from the packet that causes it. */
export type ResetTarget = 'sender' | 'receiver' | 'both'

/**
 * Adds to the batch the resets about a packet, or about the datagram that its fragment completed. False when none can be
 * sent, as about a RST (RFC 9293 3.10.7.1).
 */
export function sendReset(
  batch: PacketBatch,
  cause: number | Rebuilt,
  target: ResetTarget,
  by: number,
  style: Settings['rstStyle'],
): boolean {
  const index = typeof cause === 'number' ? cause : cause.index
  const at = batch.time[index] ?? 0
  const link = batch.link[index] ?? 0
  let sent = false
  for (const to of target === 'both' ? (['sender', 'receiver'] as const) : [target]) {
    const reset = buildReset(batch, cause, to, style)
    if (reset === undefined) continue
    batch.emitted.push({ cause: index, kind: 'tcp-rst', to, by, at, link, ...reset })
    sent = true
  }
  return sent
}

/** Adds to the batch the ICMP error with which a rule rejects what is not TCP. False where none may be sent. */
export function sendUnreachable(batch: PacketBatch, index: number, by: number): boolean {
  const frame = buildUnreachable(batch, index, 'suricata')
  if (frame === undefined) return false
  const at = batch.time[index] ?? 0
  const link = batch.link[index] ?? 0
  batch.emitted.push({ cause: index, kind: 'icmp', to: 'sender', by, at, link, frame, seq: 0, ack: 0 })
  return true
}

/** Whether the system sends anything about such a packet at all: in a tunnel, or put together from fragments, it may not. */
export function mayAnswer(batch: PacketBatch, cause: number | Rebuilt, settings: Settings): boolean {
  const whole = typeof cause !== 'number'
  if (whole && !settings.answersRebuilt) return false
  const depth = tunnelDepth(batch.stack[whole ? cause.index : cause] ?? 0)
  return depth === 0 || !settings.judgesCarriers
}
