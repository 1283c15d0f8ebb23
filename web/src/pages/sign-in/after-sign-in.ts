/** Only a path of our own may follow a sign-in: "//elsewhere" is another site. */
export const isOwnPath = (path: string) => /^\/(?![/\\])/.test(path)

const key = 'tenantree-after-sign-in'

/** Where to go on after the way to the identity provider and back. */
export const keepDestination = (path: string) => window.sessionStorage.setItem(key, path)

export function takeDestination(): string {
  const path = window.sessionStorage.getItem(key)
  window.sessionStorage.removeItem(key)
  return path && isOwnPath(path) ? path : '/'
}
