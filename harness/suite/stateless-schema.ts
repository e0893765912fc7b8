import { z } from 'zod'
import { mapping, word } from './grammar.ts'
import { STATELESS_VERDICTS, TCP_FLAGS } from './words.ts'

/** The grammar of the stateless engine, in the key `stateless` of a setup and in files of its own. */

const name = z.string().min(1)
const action = z.union([name, z.array(name).min(1)]).meta({
  id: 'stateless-action',
  description: `${STATELESS_VERDICTS.join(', ')}; in a list, names of custom actions that count the packet may follow.`,
})
const addresses = z.array(z.string()).min(1).meta({ description: 'Addresses or CIDR blocks; absent: any.' })
const ports = z
  .array(z.union([z.int(), z.string()]))
  .min(1)
  .meta({ description: 'Ports (443) or ranges (1990:1994), looked at in TCP and UDP only; absent: any.' })
const flag = word(TCP_FLAGS, 'A TCP flag.')

const match = mapping({
  sources: addresses.optional(),
  destinations: addresses.optional(),
  'source-ports': ports.optional(),
  'destination-ports': ports.optional(),
  protocols: z
    .array(z.union([z.int(), z.string()]))
    .min(1)
    .optional()
    .meta({ description: 'IP protocol numbers, or tcp, udp, icmp, icmp6; absent: any.' }),
  flags: z
    .array(mapping({ flags: z.array(flag), masks: z.array(flag).min(1).optional() }))
    .min(1)
    .optional()
    .meta({ description: 'Of the masks exactly these flags are set; looked at in TCP only.' }),
})

export const stateless = mapping({
  default: action.optional(),
  'fragment-default': action.optional(),
  rules: z
    .array(
      mapping({
        priority: z
          .union([z.int(), z.string()])
          .meta({ description: '1 to 65535, each once; the lowest decides.' }),
        action,
        match: match.optional(),
      }),
    )
    .optional(),
}).meta({
  description: 'The stateless engine before the stateful one; absent: everything is forwarded to that.',
})
