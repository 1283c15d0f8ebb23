const browsers = [
  [/\bEdg\//, 'Edge'],
  [/\bFirefox\//, 'Firefox'],
  [/Chrome\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
] as const
const systems = [
  [/Windows/, 'Windows'],
  [/iPhone|iPad/, 'iOS'],
  [/Mac OS X/, 'macOS'],
  [/Android/, 'Android'],
  [/Linux/, 'Linux'],
] as const

const nameIn = (names: typeof browsers | typeof systems, agent: string) =>
  names.find(([pattern]) => pattern.test(agent))?.[1]

/** "Firefox on Linux"; what is no browser is called by its own name: "node". */
export function describeAgent(agent: string): string {
  const browser = nameIn(browsers, agent)
  const system = nameIn(systems, agent)
  if (browser) return system ? `${browser} on ${system}` : browser
  return agent.split(/[/ ]/)[0] || 'Unknown'
}
