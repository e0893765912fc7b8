import { type PacketBatch, type Rebuilt, tunnelDepth } from '../model/batch.ts'
import { buildReset } from '../wire/reset.ts'
import { buildUnreachable } from '../wire/unreachable.ts'
import type { Settings } from './settings.ts'

/** Who gets a reset, relative to the packet that causes it. */
export type ResetTarget = 'sender' | 'receiver' | 'both'

/**
 * Adds to the batch the resets caused by a packet, or by the datagram that its fragment completed. Returns false if none can be sent, as
 * in reply to a RST (RFC 9293 3.10.7.1).
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

/** Adds to the batch the ICMP error with which a rule rejects packets other than TCP. Returns false if none may be sent. */
export function sendUnreachable(batch: PacketBatch, index: number, by: number): boolean {
  const frame = buildUnreachable(batch, index, 'suricata')
  if (frame === undefined) return false
  const at = batch.time[index] ?? 0
  const link = batch.link[index] ?? 0
  batch.emitted.push({ cause: index, kind: 'icmp', to: 'sender', by, at, link, frame, seq: 0, ack: 0 })
  return true
}

/** Whether the system replies to such a packet at all: for tunnelled or reassembled ones it may not. */
export function mayAnswer(batch: PacketBatch, cause: number | Rebuilt, settings: Settings): boolean {
  const whole = typeof cause !== 'number'
  if (whole && !settings.answersRebuilt) return false
  const depth = tunnelDepth(batch.stack[whole ? cause.index : cause] ?? 0)
  return depth === 0 || !settings.judgesCarriers
}
