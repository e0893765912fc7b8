interface Classtype {
  readonly description: string
  readonly priority: number
}

/** The classtypes of the public classification table, as in Suricata's classification.config: name, description, by priority. */
const BY_PRIORITY: Readonly<Record<number, string>> = {
  1: `
    attempted-admin: Attempted Administrator Privilege Gain
    attempted-user: Attempted User Privilege Gain
    command-and-control: Malware Command and Control Activity Detected
    credential-theft: Successful Credential Theft Detected
    domain-c2: Domain Observed Used for C2 Detected
    exploit-kit: Exploit Kit Activity Detected
    inappropriate-content: Inappropriate Content was Detected
    policy-violation: Potential Corporate Privacy Violation
    shellcode-detect: Executable code was detected
    successful-admin: Successful Administrator Privilege Gain
    successful-user: Successful User Privilege Gain
    targeted-activity: Targeted Malicious Activity was Detected
    trojan-activity: A Network Trojan was detected
    unsuccessful-user: Unsuccessful User Privilege Gain
    web-application-attack: Web Application Attack`,
  2: `
    attempted-dos: Attempted Denial of Service
    attempted-recon: Attempted Information Leak
    bad-unknown: Potentially Bad Traffic
    coin-mining: Crypto Currency Mining Activity Detected
    default-login-attempt: Attempt to login by a default username and password
    denial-of-service: Detection of a Denial of Service Attack
    external-ip-check: Device Retrieving External IP Address Detected
    misc-attack: Misc Attack
    non-standard-protocol: Detection of a non-standard protocol or event
    pup-activity: Possibly Unwanted Program Detected
    rpc-portmap-decode: Decode of an RPC Query
    social-engineering: Possible Social Engineering Attempted
    successful-dos: Denial of Service
    successful-recon-largescale: Large Scale Information Leak
    successful-recon-limited: Information Leak
    suspicious-filename-detect: A suspicious filename was detected
    suspicious-login: An attempted login using a suspicious username was detected
    system-call-detect: A system call was detected
    unusual-client-port-connection: A client was using an unusual port
    web-application-activity: access to a potentially vulnerable web application`,
  3: `
    icmp-event: Generic ICMP event
    misc-activity: Misc activity
    network-scan: Detection of a Network Scan
    not-suspicious: Not Suspicious Traffic
    protocol-command-decode: Generic Protocol Command Decode
    string-detect: A suspicious string was detected
    unknown: Unknown Traffic`,
  4: `
    tcp-connection: A TCP connection was detected`,
}

const CLASSTYPES: ReadonlyMap<string, Classtype> = new Map(
  Object.entries(BY_PRIORITY).flatMap(([priority, lines]) => linesOf(lines, Number(priority))),
)

/** The entry of a classtype; undefined if unknown, which leaves priority and category at their defaults, as in Suricata. */
export function classtypeOf(name: string): Classtype | undefined {
  return CLASSTYPES.get(name)
}

function linesOf(lines: string, priority: number): [string, Classtype][] {
  return lines
    .trim()
    .split('\n')
    .map((line) => {
      const [name = '', description = ''] = line.trim().split(': ')
      return [name, { description, priority }]
    })
}
