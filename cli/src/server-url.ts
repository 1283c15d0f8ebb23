import { CommandError } from './command-error.ts'

export const defaultServer = 'http://localhost:8080'

/** The server's address without a slash at its end. Throws CommandError. */
export function toServerUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '') {
    throw new CommandError(`${text} is not the address of a server; write it like ${defaultServer}`)
  }
  return (url.origin + url.pathname).replace(/\/+$/, '')
}

/** Takes a one-time link apart: the server that it is for and its token. Throws CommandError. */
export function toLink(text: string): { server: string; token: string } {
  const url = URL.canParse(text) ? new URL(text) : null
  const token = url?.searchParams.get('token')
  const path = url?.pathname.match(/^(.*)\/sign-in\/link\/?$/)
  if (!url || !token || !path) {
    throw new CommandError('that is no sign-in link; it looks like http://localhost:8080/sign-in/link?token=...')
  }
  return { server: toServerUrl(url.origin + path[1]), token }
}
