import type { Session } from '../../api/types.ts'

export const signInMethods: Record<Session['method'], string> = {
  password: 'Password',
  link: 'Link',
  passkey: 'Passkey',
  single_sign_on: 'Single sign-on',
}
