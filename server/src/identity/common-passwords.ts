let loaded: Promise<ReadonlySet<string>> | undefined

/** The passwords that everyone tries first, some 50,000, lower-case. Read at the first use: a megabyte that many requests never need. */
export const readCommonPasswords = (): Promise<ReadonlySet<string>> => {
  loaded ??= import('@zxcvbn-ts/language-common').then(
    ({ dictionary }) => new Set(dictionary['passwords-common'].map((password) => password.toLowerCase())),
  )
  return loaded
}
