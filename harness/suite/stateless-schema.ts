import { z } from 'zod'
import { mapping, said, word } from './grammar.ts'
import { STATELESS_VERDICTS, TCP_FLAGS } from './words.ts'

/** The grammar of the stateless engine, in the key `stateless` of a setup and in files of its own. */

const name = z.string().min(1)
const action = z.union([name, z.array(name).min(1)]).meta({
  id: 'stateless-action',
  description: `${STATELESS_VERDICTS.join(', ')}; in a list, names of custom actions that count the packet may follow.`,
  examples: ['aws:pass', ['aws:drop', 'fromOffice']],
})
const addresses = said(z.array(z.string()).min(1), 'Addresses or CIDR blocks; absent: any.', ['192.0.2.0/24'])
const ports = said(
  z.array(z.union([z.int(), z.string()])).min(1),
  'Ports (443) or ranges (1990:1994), looked at in TCP and UDP only; absent: any.',
  [443, '1990:1994'],
)
const flag = word(TCP_FLAGS, 'A TCP flag.')

const match = mapping({
  sources: addresses.optional(),
  destinations: addresses.optional(),
  'source-ports': ports.optional(),
  'destination-ports': ports.optional(),
  protocols: said(
    z
      .array(z.union([z.int(), z.string()]))
      .min(1)
      .optional(),
    'IP protocol numbers, or tcp, udp, icmp, icmp6; absent: any.',
    ['tcp', 17],
  ),
  flags: said(
    z
      .array(
        mapping({
          flags: said(z.array(flag), 'Flags that are set.', ['SYN']),
          masks: said(z.array(flag).min(1).optional(), 'Flags that are looked at; absent: all.', [
            'SYN',
            'ACK',
          ]),
        }),
      )
      .min(1)
      .optional(),
    'Of the masks exactly these flags are set; looked at in TCP only.',
    [{ flags: ['SYN'], masks: ['SYN', 'ACK'] }],
  ),
})

export const stateless = mapping({
  default: said(action.optional(), 'What becomes of a packet that no rule matches.', 'aws:forward_to_sfe'),
  'fragment-default': said(action.optional(), 'The same for fragments of UDP.', 'aws:drop'),
  rules: said(
    z
      .array(
        mapping({
          priority: said(
            z.union([z.int(), z.string()]),
            '1 to 65535, each once; the lowest that matches decides.',
            10,
          ),
          action,
          match: said(match.optional(), 'All of these; what is absent matches everything.', {
            'destination-ports': [443],
          }),
        }),
      )
      .optional(),
    'Rules that see each packet alone.',
    [{ priority: 10, action: 'aws:pass', match: { 'destination-ports': [443] } }],
  ),
}).meta({
  description: 'The stateless engine before the stateful one; absent: everything is forwarded to that.',
  examples: [{ default: 'aws:forward_to_sfe', rules: [{ priority: 10, action: 'aws:pass' }] }],
})
