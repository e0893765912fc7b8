/** The parts of a packet that a case can expect unaltered, each with its values of `Sighting.field`. */
export const UNALTERED: Readonly<Record<string, readonly string[]>> = {
  addresses: ['source', 'destination'],
  ports: ['source port', 'destination port'],
  seq: ['seq'],
  ack: ['ack'],
  flags: ['flags'],
  window: ['window'],
  urgent: ['urgent'],
  mss: ['mss'],
  'window-scale': ['window scale'],
  'sack-permitted': ['sack permitted'],
  sack: ['sack'],
  timestamps: ['timestamps'],
  /** All TCP options, known or not (`option 254`). */
  options: ['mss', 'window scale', 'sack permitted', 'sack', 'timestamps', 'option'],
  dscp: ['dscp'],
  ecn: ['ecn'],
  identification: ['identification'],
  fragmentation: ['fragmentation'],
  'ip-options': ['ip options'],
  'flow-label': ['flow label'],
  payload: ['payload'],
  /** Everything except hop limits and checksums. */
  all: [],
}

/** Whether a device that rewrites packets conforms. */
export const TRANSPARENCIES = ['strict', 'translated'] as const
export type Transparency = (typeof TRANSPARENCIES)[number]
