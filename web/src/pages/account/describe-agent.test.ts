import { expect, it } from 'vitest'
import { describeAgent } from './describe-agent.ts'

const windows =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36'

it.each([
  [windows, 'Chrome on Windows'],
  [`${windows} Edg/140.0`, 'Edge on Windows'],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox on Linux'],
  ['node', 'node'],
  ['curl/8.5.0', 'curl'],
  ['', 'Unknown'],
])('%s is %s', (agent, name) => {
  expect(describeAgent(agent)).toBe(name)
})
