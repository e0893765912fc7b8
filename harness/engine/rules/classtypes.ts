/**
 * Priorities of the classtypes of Suricata's classification.config. A classtype that is not here leaves the priority at its
 * default, as it does in Suricata.
 */
const PRIORITIES: ReadonlyMap<string, number> = new Map([
  ...at(
    1,
    'attempted-admin attempted-user command-and-control credential-theft domain-c2 exploit-kit inappropriate-content',
    'policy-violation shellcode-detect successful-admin successful-user targeted-activity trojan-activity',
    'unsuccessful-user web-application-attack',
  ),
  ...at(
    2,
    'attempted-dos attempted-recon bad-unknown coin-mining default-login-attempt denial-of-service external-ip-check',
    'misc-attack non-standard-protocol pup-activity rpc-portmap-decode social-engineering successful-dos',
    'successful-recon-largescale successful-recon-limited suspicious-filename-detect suspicious-login',
    'system-call-detect unusual-client-port-connection web-application-activity',
  ),
  ...at(
    3,
    'icmp-event misc-activity network-scan not-suspicious protocol-command-decode string-detect unknown',
  ),
  ...at(4, 'tcp-connection'),
])

/** The priority that a classtype gives; undefined where it is not known. */
export function priorityOfClasstype(classtype: string): number | undefined {
  return PRIORITIES.get(classtype)
}

function at(priority: number, ...names: readonly string[]): [string, number][] {
  return names.flatMap((line) => line.split(' ')).map((name) => [name, priority])
}
