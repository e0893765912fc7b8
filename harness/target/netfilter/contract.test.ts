import { describeTarget } from '../contract.ts'
import { NetfilterTarget } from './netfilter.ts'
import { readOptions } from './options.ts'

// Namespaces take root.
if (process.getuid?.() === 0)
  describeTarget(
    'netfilter',
    () => new NetfilterTarget('netfilter', readOptions({ kind: 'netfilter' }, 'netfilter')),
    {
      timeout: 120_000,
    },
  )
