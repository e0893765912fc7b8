import { z } from 'zod'
import { mapping, word } from './grammar.ts'
import { direction, duration, natural, position } from './scalars-schema.ts'
import { CAUSES, DURING, ENDS, OWNERS, SCOPES, STORE_STATES, TUPLES, VERDICTS } from './words.ts'

const at = { at: position }
const scope = word(SCOPES, 'What it is done to.').optional()
const owner = word(OWNERS, "Whose it is: the load balancer's, or all hosts'.").optional()
/** One injection, by its kind. */
export const injection = mapping({
  'host-swap': z.union([
    position,
    mapping({
      ...at,
      cause: word(CAUSES, 'How the host leaves.').optional(),
      host: z.string().optional(),
      during: word(DURING, 'Packets go on before it was noticed and delays have ended.').optional(),
      flush: duration.optional(),
      back: duration.optional(),
    }),
  ]),
  'idle-gap': mapping({
    ...at,
    gap: duration,
    keepalive: mapping({ every: duration, from: word(ENDS, 'Who sends them.').optional() }).optional(),
    scope,
  }),
  'asymmetric-path': mapping({
    ...at,
    direction,
    to: z.string().meta({ description: 'A host, or bypass.' }),
    scope,
  }),
  'path-return': z.union([position, mapping(at)]),
  'store-outage': z.union([
    position,
    mapping({ ...at, state: word(STORE_STATES, 'What becomes of the store of sessions.').optional() }),
  ]),
  reconnect: z.union([
    position,
    mapping({
      ...at,
      tuple: word(TUPLES, 'Whether the client keeps its port.').optional(),
      delay: duration.optional(),
      when: z.array(word(VERDICTS, 'Only if the packet before met one of these.')).optional(),
      packets: z.int().min(1).optional(),
    }),
  ]),
  'timeout-change': mapping({ ...at, scope: owner, 'tcp-idle': duration }),
  'table-full': mapping({ ...at, scope: owner, for: duration.optional() }),
  'replication-loss': z.union([position, mapping({ ...at, scope })]),
  segment: mapping({
    ...at,
    direction,
    flags: z.string().meta({ description: 'Letters of FSRPAUEC.' }),
    seq: z.int().optional(),
    ack: z.int().optional(),
    length: natural.max(65_495).optional(),
    timestamp: z.int().optional(),
  }),
  duplicate: mapping({ ...at, direction }),
})
  .partial()
  .meta({ minProperties: 1, maxProperties: 1 })
