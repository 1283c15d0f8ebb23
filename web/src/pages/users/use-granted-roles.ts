import { useMe } from '../../api/session.ts'
import { useRoles } from '../../api/users.ts'
import { toWords } from '../../format/word.ts'

/** The roles that one may give, as choices; the own one may not be there at first. */
export function useGrantedRoles() {
  const { user } = useMe()
  const granted = useRoles().data?.find(({ role }) => role === user.role)?.grants ?? []
  return granted.map((value) => ({ value, label: toWords(value) }))
}
