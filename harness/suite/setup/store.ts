import { resolve } from 'node:path'
import type { Sharing } from '../../model/setup.ts'
import { storeModel } from '../../profile/store-model.ts'
import type { Around } from './around.ts'
import type { Fields } from './fields.ts'
import { hasPort, initCfgProblem } from './init-cfg.ts'

const SECONDS = { least: 0, most: 3600 }
const DEPLOYED = ['new', 'existing'] as const
/** With a longer name, key and value would exceed 128 bytes. */
const GROUP = /^[a-z0-9]{1,8}$/

/**
 * Sharing `store`, refused if such a deployment would not have it by the VM-Series deployment guide (session resiliency on AWS);
 * `deployed`, `tls` and `init-cfg` describe the deployment.
 */
export function readStore(fields: Fields, { loadBalancer, folder }: Around): Sharing {
  if (loadBalancer.failover !== 'rebalance')
    fields.problem(
      'kind',
      'Session resiliency of the VM-Series needs the load balancer to rebalance existing flows at a failover: write failover: rebalance, or else no host ever asks the store.',
    )
  if (fields.word('deployed', DEPLOYED, 'new', 'a deployment') === 'existing')
    fields.problem(
      'deployed',
      'Session resiliency is set up while a VM-Series boots for the first time: firewalls that are deployed already have none, so deploy new ones.',
    )
  if (!fields.flag('tls', true))
    fields.problem(
      'tls',
      'The VM-Series reaches its Redis by TLS alone: switch encryption in transit on, and leave tls out.',
    )
  const initCfg = fields.text('init-cfg')
  const wrong = initCfg === undefined ? undefined : initCfgProblem(resolve(folder, initCfg))
  if (wrong !== undefined) fields.problem('init-cfg', wrong)
  const endpoint = fields.text('endpoint')
  if (endpoint !== undefined && !hasPort(endpoint))
    fields.problem('endpoint', `"${endpoint}" is not the address of a Redis server: write host:port.`)
  const group = fields.text('group')
  if (group !== undefined && (!GROUP.test(group) || endpoint === undefined))
    fields.problem(
      'group',
      'A group is up to eight of a-z and 0-9, and is of use only with an endpoint, which other processes have too.',
    )
  return {
    kind: 'store',
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(group === undefined ? {} : { group }),
    lag: fields.seconds('lag', storeModel.lag.value, SECONDS),
    latency: fields.seconds('latency', storeModel.latency.value, SECONDS),
    timeout: fields.seconds('timeout', storeModel.timeout.value, SECONDS),
  }
}
