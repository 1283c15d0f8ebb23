import { AgentError, toLine } from './errors.ts'

/** The server's address without a trailing slash; a path prefix is kept. Throws server_url_invalid. */
export function parseServerUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw invalid(text, 'write it with its scheme, such as https://console.example.com')
  }
  if (url.username !== '' || url.password !== '') throw invalid(text, 'leave out the user name and the password')
  if (url.search !== '' || url.hash !== '') throw invalid(text, 'leave out everything from the ? or # on')
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`
}

const invalid = (text: string, advice: string) =>
  new AgentError('server_url_invalid', `"${toLine(text, 200)}" is not a server address: ${advice}.`)
