import type { ClusterSharing } from '../../model/setup.ts'
import { clusterModel } from '../../profile/cisco-cluster.ts'
import type { Report } from '../problems.ts'
import { SWITCHES } from '../words.ts'
import type { Fields } from './fields.ts'

/** Range of an MTU, bytes. */
const MTU = { least: 576, most: 65_535 }

/** The keys of `sharing: { kind: cluster, … }` for that number of hosts; absent keys have the values of profile cisco-cluster. */
export function readCluster(fields: Fields, hosts: number, report: Report): ClusterSharing {
  const { fewestNodes, mostNodes } = clusterModel
  if (hosts < fewestNodes.value || hosts > mostNodes.value)
    report(
      ['hosts'],
      `A cluster has ${fewestNodes.value} to ${mostNodes.value} nodes (${mostNodes.source}), not ${hosts}.`,
    )
  const linkMtu = fields.whole('link-mtu', 0, MTU)
  const decrypts = fields.whole('decrypts', 0, { least: 1, most: 65_535 })
  const geneveMtu = fields.whole('geneve-mtu', 0, MTU)
  return {
    kind: 'cluster',
    redirect: isOn(fields, 'redirect'),
    statefulFailover: isOn(fields, 'stateful-failover'),
    delay: fields.seconds('delay', clusterModel.delay.value, { least: 0, most: 3600 }),
    rtt: rttOf(fields),
    randomSequenceNumber: isOn(fields, 'random-sequence-number'),
    ...(decrypts === 0 ? {} : { decrypts }),
    ...(linkMtu === 0 ? {} : { linkMtu }),
    ...(geneveMtu === 0 ? {} : { geneveMtu }),
  }
}

function isOn(fields: Fields, key: 'redirect' | 'stateful-failover' | 'random-sequence-number'): boolean {
  return fields.word(key, SWITCHES, clusterModel[key].value, 'a position of a switch') === 'on'
}

function rttOf(fields: Fields): number {
  const { rtt, rttBelowMs } = clusterModel
  const seconds = fields.seconds('rtt', rtt.value, { least: 0, most: 3600 })
  if (seconds * 1000 < rttBelowMs.value) return seconds
  fields.problem(
    'rtt',
    `A round trip on the cluster control link takes less than ${rttBelowMs.value} ms (${rttBelowMs.source}): write a shorter one.`,
  )
  return rtt.value
}
