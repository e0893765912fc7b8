/** The abilities of the destination of a text report. */
export interface Screen {
  /** Characters in a line. */
  readonly columns: number
  readonly colour: boolean
  /** Whether written text can be overwritten. */
  readonly live: boolean
}

/** A file or a pipe: 80 columns unless COLUMNS says otherwise, only text. */
export const PLAIN_SCREEN: Screen = { columns: 80, colour: false, live: false }

/**
 * The screen of a stream: a terminal has colours and a width of its own. NO_COLOR and FORCE_COLOR (if not empty; `FORCE_COLOR=0` means no)
 * take precedence over it, NO_COLOR first. Where there is no terminal, COLUMNS says how wide the text will be read.
 */
export function screenOf(
  stream: { readonly isTTY?: boolean; readonly columns?: number },
  environment: Readonly<Record<string, string | undefined>>,
): Screen {
  const live = stream.isTTY === true && environment.TERM !== 'dumb'
  const forced = environment.FORCE_COLOR
  const wanted = forced === undefined || forced === '' ? live : forced !== '0' && forced !== 'false'
  return {
    columns: Math.max(40, stream.columns ?? columnsIn(environment) ?? PLAIN_SCREEN.columns),
    colour: wanted && !environment.NO_COLOR,
    live,
  }
}

/** Characters in a line of a terminal; text for anything else needs not be narrow: programs read and search it by the line. */
export function terminalColumns(stream: { readonly isTTY?: boolean; readonly columns?: number }): number {
  return stream.isTTY === true && stream.columns ? Math.max(40, stream.columns) : Number.POSITIVE_INFINITY
}

/** What COLUMNS says, if it is a number of columns. */
function columnsIn({ COLUMNS = '' }: Readonly<Record<string, string | undefined>>): number | undefined {
  return /^[1-9]\d{0,4}$/.test(COLUMNS) ? Number(COLUMNS) : undefined
}
