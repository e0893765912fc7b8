/**
 * What a frame of a random conversation is: `in-order` for what an ordinary stack sends in an ordinary conversation, or the
 * class of anomaly that it was made as. `gap` is an ordinary packet that comes after a silence of about a time-out.
 */
export const CLASSES = [
  'in-order',
  'out-of-window',
  'overlap',
  'bad-ack',
  'rst',
  'fin',
  'reuse',
  'odd-flags',
  'gap',
  'opening',
  'timestamp',
  'probe',
  'fragment',
  'icmp-error',
] as const
export type FrameClass = (typeof CLASSES)[number]

export interface ConversationFrame {
  /** Nanoseconds since the conversation began. */
  readonly time: number
  /** Ethernet. */
  readonly bytes: Uint8Array
  readonly kind: FrameClass
  readonly toServer: boolean
  /** The packet in a line, numbers relative to the first of its sender: `> PA 1 1 len=10`. */
  readonly line: string
}

/**
 * One flow, or one 5-tuple used again and again, between two addresses that no other conversation of the run has; or what was
 * recorded together, whose addresses others share.
 */
export interface Conversation {
  readonly index: number
  readonly family: 'ipv4' | 'ipv6'
  readonly protocol: 'tcp' | 'udp' | 'icmp'
  /** Bytes of the addresses. */
  readonly client: Uint8Array
  readonly server: Uint8Array
  readonly frames: readonly ConversationFrame[]
  /** Name of the capture that it was recorded in; absent: it was made. */
  readonly recording?: string
}

/** A conversation as text, a frame a line with its time and class, so that it can be read and typed again. */
export function written(
  frames: readonly (Pick<ConversationFrame, 'time' | 'line'> & { readonly kind: string })[],
): string {
  return frames
    .map(({ time, line, kind }) => `${(time / 1e9).toFixed(3).padStart(9)} ${line}  [${kind}]`)
    .join('\n')
}
